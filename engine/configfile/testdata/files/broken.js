export default function transform(event) {
  return event

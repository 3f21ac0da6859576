// A loop over what does not end.
export default function transform(event) {
  for (const _ of { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) });
}

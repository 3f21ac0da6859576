import { signRequest, verifyRequest } from "@contentful/node-apps-toolkit";

const request = ({ method, url, headers, text }) => ({ method, path: new URL(url).pathname, headers, body: text });

export const verify = (question) => ({ valid: verifyRequest(question.secret, request(question)) });

// Its own headers are those that it adds; of the others it signs all that it is given.
export const sign = (question) => {
  const { "x-contentful-topic": topic } = question.headers;
  return { headers: signRequest(question.secret, { ...request(question), headers: { "x-contentful-topic": topic } }, question.time * 1000) };
};

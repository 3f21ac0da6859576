// The library verifies and does not sign: the messages that it judges are made here, of
// a body as their text.
import { createPublicKey, sign as signWith } from "node:crypto";
import { EventEmitter } from "node:events";
import https from "node:https";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const certificate = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";

// validator is the library without what it remembers, with the key in place of the
// certificate that it would fetch.
function validator(key) {
  https.get = (_, done) => {
    const response = Object.assign(new EventEmitter(), { statusCode: 200 });
    done(response);
    response.emit("data", key);
    response.emit("end");
    return new EventEmitter();
  };
  const file = require.resolve("sns-validator");
  delete require.cache[file];
  return new (require(file))();
}

export async function verify({ secret, text }) {
  const key = createPublicKey(secret).export({ format: "pem", type: "spki" });
  const get = https.get;
  try {
    return await new Promise((answer) => validator(key).validate(text, (refusal) => answer({ valid: !refusal })));
  } finally {
    https.get = get;
  }
}

export function sign({ pack, secret, text, id, time }) {
  const message = {
    Type: "Notification", MessageId: id, TopicArn: "arn:aws:sns:eu-west-1:123456789012:MyTopic", Subject: "A subject", Message: text,
    Timestamp: new Date(time * 1000).toISOString(), SignatureVersion: pack === "aws-sns" ? "2" : "1", SigningCertURL: certificate,
  };
  const signed = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"].map((name) => `${name}\n${message[name]}\n`).join("");
  message.Signature = signWith(pack === "aws-sns" ? "sha256" : "sha1", Buffer.from(signed), secret).toString("base64");
  return { body: Buffer.from(JSON.stringify(message)).toString("base64") };
}

// Writes the test vectors of every provider.
//
//   node generate.mjs [ROOT]
//
// ROOT defaults to the repository. The files go to ROOT/plugins/<id>/vectors,
// which is emptied of .json files first, and to
// ROOT/testdata/vectors/stringified.json. The output is the same on every run.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "./lib/format.mjs";
import { vector } from "./lib/scenario.mjs";
import { chaindoc } from "./providers/chaindoc.mjs";
import { dastra } from "./providers/dastra.mjs";
import { discord } from "./providers/discord.mjs";
import { github } from "./providers/github.mjs";
import { gitlabToken } from "./providers/gitlab-token.mjs";
import { qualifio } from "./providers/qualifio.mjs";
import { seatable } from "./providers/seatable.mjs";
import { shopify } from "./providers/shopify.mjs";
import { slack } from "./providers/slack.mjs";
import { smino } from "./providers/smino.mjs";
import { standardWebhooks } from "./providers/standard-webhooks.mjs";
import { stripe } from "./providers/stripe.mjs";
import { twilio } from "./providers/twilio.mjs";
import { twilioJSON } from "./providers/twilio-json.mjs";

const providers = {
  chaindoc, dastra, discord, github, "gitlab-token": gitlabToken, qualifio, seatable, shopify, slack, smino,
  "standard-webhooks": standardWebhooks, stripe, twilio, "twilio-json": twilioJSON,
};
const root = process.argv[2] ?? fileURLToPath(new URL("../..", import.meta.url));

function writeVectors(provider, scenarios) {
  const folder = join(root, "plugins", provider, "vectors");
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".json")) rmSync(join(folder, name));
  }
  const written = new Set();
  for (const scenario of scenarios) {
    const file = vector(provider, scenario);
    if (written.has(file.name)) throw new Error(`${provider}/${file.name} is written twice`);
    written.add(file.name);
    writeFileSync(join(folder, file.name + ".json"), format(file) + "\n");
  }
  return written.size;
}

// stringified holds, by vector, the text that JSON.stringify made of the body.
function writeStringified() {
  const texts = {};
  for (const [provider, scenarios] of Object.entries(providers)) {
    for (const scenario of scenarios) {
      if (scenario.stringified === undefined) continue;
      texts[`${provider}/${vector(provider, scenario).name}`] = scenario.stringified;
    }
  }
  const folder = join(root, "testdata", "vectors");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "stringified.json"), format(texts) + "\n");
}

for (const [provider, scenarios] of Object.entries(providers)) {
  console.log(`${provider}: ${writeVectors(provider, scenarios)} vectors`);
}
writeStringified();

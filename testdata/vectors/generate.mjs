// Writes the test vectors of the packs.
//
//   node generate.mjs [--into ROOT] [NAME…]
//
// A NAME is a group, a file of packs/ without its ending, or the id of one pack;
// without any it is all of them. ROOT defaults to the repository. The vectors of a
// pack go to ROOT/plugins/<id>/vectors.json, and where all are written the texts of
// re-serialised bodies to ROOT/testdata/vectors/stringified.json. The output is the
// same on every run.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "./lib/format.mjs";
import { vector } from "./lib/scenario.mjs";

const { values, positionals: names } = parseArgs({ allowPositionals: true, options: { into: { type: "string" } } });
const root = values.into ?? fileURLToPath(new URL("../..", import.meta.url));
const groups = readdirSync(new URL("packs", import.meta.url)).filter((file) => file.endsWith(".mjs")).map((file) => file.slice(0, -4));

// load imports a group: its scenarios, by the id of their pack.
const load = async (group) => (await import(`./packs/${group}.mjs`)).default;

async function chosen() {
  const packs = {};
  const add = (group, found) => {
    for (const [id, scenarios] of Object.entries(found)) {
      if (id in packs) throw new Error(`${group}: ${id} is in another group too`);
      packs[id] = scenarios;
    }
  };
  if (names.length > 0 && names.every((name) => groups.includes(name))) {
    for (const group of names) add(group, await load(group));
    return packs;
  }
  for (const group of groups) {
    const found = await load(group);
    const wanted = Object.entries(found).filter(([id]) => names.length === 0 || names.includes(group) || names.includes(id));
    add(group, Object.fromEntries(wanted));
  }
  const unknown = names.filter((name) => !groups.includes(name) && !(name in packs));
  if (unknown.length > 0) throw new Error(`no group and no pack is called ${unknown.join(", ")}; groups are ${groups.join(", ")}`);
  return packs;
}

function writeVectors(id, scenarios) {
  const vectors = scenarios.map((scenario) => vector(id, scenario));
  const seen = new Set();
  for (const { name } of vectors) {
    if (seen.has(name)) throw new Error(`${id}: ${name} is written twice`);
    seen.add(name);
  }
  mkdirSync(join(root, "plugins", id), { recursive: true });
  writeFileSync(join(root, "plugins", id, "vectors.json"), format(vectors) + "\n");
  console.log(`${id}: ${vectors.length} vectors`);
}

// stringified are the texts that JSON.stringify made of a body, by vector.
function writeStringified(packs) {
  const texts = {};
  for (const [id, scenarios] of Object.entries(packs)) {
    for (const scenario of scenarios) {
      if (scenario.stringified !== undefined) texts[`${id}/${vector(id, scenario).name}`] = scenario.stringified;
    }
  }
  mkdirSync(join(root, "testdata", "vectors"), { recursive: true });
  writeFileSync(join(root, "testdata", "vectors", "stringified.json"), format(texts) + "\n");
}

const packs = await chosen();
for (const [id, scenarios] of Object.entries(packs)) writeVectors(id, scenarios);
if (names.length === 0) writeStringified(packs);

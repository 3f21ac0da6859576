// Puts the body of an event into an envelope: the setting "label", the event's
// type, and the body as it came. The setting "drop" names a type of event that is
// not sent on at all. It is an Extism plug-in, and knows nothing of hookseal but
// the names of its configuration.

import { Config, Host, LogLevel, Memory, Var } from "@extism/as-pdk";
import { error_set } from "@extism/as-pdk/lib/env";

export function transform(): i32 {
  const label = Config.get("label");
  if (label == null) {
    error_set(Memory.allocateString('the setting "label" is missing').offset);
    return 1;
  }
  const type = Config.get("hookseal.type");
  const kind = type == null ? "" : type;
  const drop = Config.get("drop");
  if (drop != null && drop == kind) {
    Host.log(LogLevel.Info, "dropped by its type");
    return 0;
  }
  const body = Host.inputString();
  const before = Var.getString("calls");
  Var.set("calls", Uint8Array.wrap(String.UTF8.encode("one")));
  Host.log(
    LogLevel.Info,
    "labelled " + String.UTF8.byteLength(body).toString() + " bytes, vars " + (before == null ? "empty" : "left over"),
  );
  const out = '{"label":"' + label + '","type":"' + kind + '","event":' + body + "}";
  Host.output(Uint8Array.wrap(String.UTF8.encode(out)));
  return 0;
}

function abort(message: string | null, file: string | null, line: u32, column: u32): void {}

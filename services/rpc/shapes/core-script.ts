import { toHex } from "#services/rpc/json/hex.ts";
import { withChecksum } from "#services/rpc/shapes/descriptor.ts";
import type { ScriptView } from "#services/rpc/views/script-view.ts";

/** An output script in Bitcoin Core's keys, those of its older versions included. */
export interface CoreScript {
  readonly asm: string;
  readonly desc: string;
  readonly hex: string;
  readonly address?: string;
  readonly type: string;
  readonly reqSigs?: number;
  readonly addresses?: readonly string[];
}

/** @source ScriptToUniv, bitcoin/bitcoin core_write.cpp (28.0 and 0.21) */
export function coreScript(view: ScriptView): CoreScript {
  const { script, asm, type, template, address, addresses } = view;
  const reqSigs = template.kind === "multisig" ? template.required : 1;
  return {
    asm,
    desc: withChecksum(descriptorOf(view)),
    hex: toHex(script),
    ...(address === undefined ? {} : { address }),
    type,
    ...(addresses.length === 0 ? {} : { reqSigs, addresses }),
  };
}

/** @source InferDescriptor without keys, bitcoin/bitcoin script/descriptor.cpp */
function descriptorOf({ script, template, address }: ScriptView): string {
  if (template.kind === "p2pk") return `pk(${toHex(template.publicKey)})`;
  if (template.kind === "multisig") {
    return `multi(${[template.required, ...template.publicKeys.map(toHex)].join(",")})`;
  }
  return address === undefined ? `raw(${toHex(script)})` : `addr(${address})`;
}

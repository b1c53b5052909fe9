import type { ConsensusParams } from "#shared/consensus/params.ts";
import { classifyScript } from "#shared/script/classify-script.ts";

type Dialect = ConsensusParams["dialect"];

/** Most bytes of a whole script that begins with OP_RETURN. */
const DATA_BYTES_MAX: Readonly<Record<Dialect, number>> = { exos: 40, bitcoin: 83 };
/** Most keys of a multisignature that stands in an output itself. */
const KEYS_MAX: Readonly<Record<Dialect, number>> = { exos: 20, bitcoin: 3 };

/** What a standard output script is for; `undefined` is not standard. */
export type StandardScript = "payment" | "data" | undefined;

/**
 * Whether an output script is of a form that the network relays.
 *
 * @source StratisStandardScriptsRegistry.cs (EXOSFullNode e61c2e61); IsStandard, bitcoin/bitcoin
 *   policy/policy.cpp (25.0); exos-l1.md 6.1.3
 */
export function standardScriptOf(script: Uint8Array, dialect: Dialect): StandardScript {
  const template = classifyScript(script, dialect);
  switch (template.kind) {
    case "p2pk":
    case "p2pkh":
    case "p2sh":
    case "coldstaking":
      return "payment";
    case "multisig":
      return template.publicKeys.length <= KEYS_MAX[dialect] ? "payment" : undefined;
    case "witness": {
      const { version, program } = template;
      const isKnown = version !== 0 || program.length === 20 || program.length === 32;
      return dialect === "exos" || isKnown ? "payment" : undefined;
    }
    case "nulldata":
      return script.length <= DATA_BYTES_MAX[dialect] ? "data" : undefined;
    case "nonstandard":
      return undefined;
  }
}

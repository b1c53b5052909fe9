import { decodeBase58Check, encodeBase58Check } from "#shared/primitives/base58.ts";
import {
  decodeWitnessAddress,
  encodeWitnessAddress,
  type WitnessProgram,
} from "#shared/primitives/bech32.ts";
import { isPayToScriptHash } from "#shared/script/classify-script.ts";
import { payToKeyHash, payToScriptHash } from "#shared/script/pay-to.ts";

/** What distinguishes the addresses of one network from another's. Part of the network's data. */
export interface AddressFormat {
  /** Version byte before a key hash. */
  readonly p2pkh: number;
  /** Version byte before a script hash. */
  readonly p2sh: number;
  /** Human-readable part; `undefined` where no witness address exists. */
  readonly bech32: string | undefined;
}

/** What an address says, apart from its network. Hashes are 20 bytes. */
export type Address =
  | { readonly kind: "p2pkh"; readonly hash: Uint8Array }
  | { readonly kind: "p2sh"; readonly hash: Uint8Array }
  | ({ readonly kind: "witness" } & WitnessProgram);

/** @returns `undefined` for anything but an address of this network */
export function parseAddress(text: string, format: AddressFormat): Address | undefined {
  const payload = decodeBase58Check(text);
  if (payload !== undefined) return parsePayload(payload, format);
  if (format.bech32 === undefined) return undefined;
  const witness = decodeWitnessAddress(format.bech32, text);
  return witness === undefined ? undefined : { kind: "witness", ...witness };
}

function parsePayload(payload: Uint8Array, format: AddressFormat): Address | undefined {
  if (payload.length !== 21) return undefined;
  const hash = payload.slice(1);
  if (payload[0] === format.p2pkh) return { kind: "p2pkh", hash };
  if (payload[0] === format.p2sh) return { kind: "p2sh", hash };
  return undefined;
}

/** @returns `undefined` for a witness program on a network without witness addresses */
export function printAddress(address: Address, format: AddressFormat): string | undefined {
  if (address.kind === "witness") {
    return format.bech32 === undefined ? undefined : encodeWitnessAddress(format.bech32, address);
  }
  const payload = new Uint8Array(21);
  payload[0] = address.kind === "p2pkh" ? format.p2pkh : format.p2sh;
  payload.set(address.hash, 1);
  return encodeBase58Check(payload);
}

/** The output script that pays this address. */
export function scriptOfAddress(address: Address): Uint8Array {
  switch (address.kind) {
    case "p2pkh":
      return payToKeyHash(address.hash);
    case "p2sh":
      return payToScriptHash(address.hash);
    case "witness": {
      const opcode = address.version === 0 ? 0 : 0x50 + address.version;
      return Uint8Array.of(opcode, address.program.length, ...address.program);
    }
  }
}

/**
 * The address a script pays: the exact templates only, so that `scriptOfAddress` gives the script
 * back. A bare public key pays none.
 */
export function addressOfScript(script: Uint8Array): Address | undefined {
  if (isKeyHash(script)) return { kind: "p2pkh", hash: script.slice(3, 23) };
  if (isPayToScriptHash(script)) return { kind: "p2sh", hash: script.slice(2, 22) };
  const version = witnessVersion(script);
  if (version === undefined) return undefined;
  return { kind: "witness", version, program: script.slice(2) };
}

function isKeyHash(script: Uint8Array): boolean {
  return (
    script.length === 25 &&
    script[0] === 0x76 &&
    script[1] === 0xa9 &&
    script[2] === 20 &&
    script[23] === 0x88 &&
    script[24] === 0xac
  );
}

/** @source BIP141: one small number and one direct push of 2 to 40 bytes */
function witnessVersion(script: Uint8Array): number | undefined {
  const [opcode, length] = script;
  if (opcode === undefined || length === undefined) return undefined;
  if (length < 2 || length > 40 || script.length !== length + 2) return undefined;
  if (opcode === 0) return length === 20 || length === 32 ? 0 : undefined;
  return opcode >= 0x51 && opcode <= 0x60 ? opcode - 0x50 : undefined;
}

import type { ErrorCode } from "#shared/primitives/error-catalogue.ts";

/** The numbers of Bitcoin Core that this node answers with. @source interfaces.md 2 */
export const RPC_CODES = {
  misc: -1,
  type: -3,
  wallet: -4,
  notFound: -5,
  funds: -6,
  parameter: -8,
  unlockNeeded: -13,
  wrongPassphrase: -14,
  wrongEncryption: -15,
  noSuchWallet: -18,
  walletNotChosen: -19,
  store: -20,
  undecodable: -22,
  /** What it spends is missing or spent. */
  missing: -25,
  /** A rule refuses it; the message is the reject code. */
  refused: -26,
  known: -27,
  nodeAdded: -23,
  nodeNotAdded: -24,
  starting: -28,
  nodeNotConnected: -29,
  badSubnet: -30,
  noPeerToPeer: -31,
  invalidRequest: -32600,
  unknownMethod: -32601,
  internal: -32603,
  parse: -32700,
} as const;

export type RpcCode = (typeof RPC_CODES)[keyof typeof RPC_CODES];

/** Why a call has no result. */
export interface RpcError {
  readonly code: RpcCode;
  readonly message: string;
  /** A row of the catalogue that fits better than the number's own. */
  readonly catalogue?: ErrorCode;
}

/** The row of the catalogue behind each number, for `X-EXOS-Error`. */
export const CATALOGUE_CODES: Readonly<Record<RpcCode, ErrorCode>> = {
  [-1]: "EXOS-E4001",
  [-3]: "EXOS-E4001",
  [-4]: "EXOS-E5020",
  [-5]: "EXOS-E4041",
  [-6]: "EXOS-E5012",
  [-8]: "EXOS-E4001",
  [-13]: "EXOS-E5001",
  [-14]: "EXOS-E5002",
  [-15]: "EXOS-E5020",
  [-18]: "EXOS-E5004",
  [-19]: "EXOS-E5022",
  [-20]: "EXOS-E1000",
  [-22]: "EXOS-E4004",
  [-26]: "EXOS-E5021",
  [-25]: "EXOS-E4220",
  [-27]: "EXOS-E4220",
  [-23]: "EXOS-E3009",
  [-24]: "EXOS-E3009",
  [-28]: "EXOS-E2001",
  [-29]: "EXOS-E3009",
  [-30]: "EXOS-E3009",
  [-31]: "EXOS-E3009",
  [-32600]: "EXOS-E4000",
  [-32601]: "EXOS-E4042",
  [-32603]: "EXOS-E9001",
  [-32700]: "EXOS-E4002",
};

/** HTTP status of a JSON-RPC 1.0 error. @source Bitcoin Core httprpc.cpp JSONErrorReply */
export function httpStatusOf({ code, catalogue }: RpcError): number {
  if (catalogue === "EXOS-E4030") return 403;
  if (code === RPC_CODES.invalidRequest) return 400;
  if (code === RPC_CODES.unknownMethod) return 404;
  if (code === RPC_CODES.starting) return 503;
  return 500;
}

/** The shape of a refusal inside a method. */
export function refuse(
  code: RpcCode,
  message: string,
): { readonly ok: false; readonly error: RpcError } {
  return { ok: false, error: { code, message } };
}

import type { WireFormat } from "#shared/primitives/wire-format.ts";

/** How EXOS networks write transactions and blocks, and how Bitcoin's do. */
export const EXOS_WIRE: WireFormat = {
  transactionTime: true,
  blockSignature: true,
  oldHeaderHash: "x13",
};

export const BITCOIN_WIRE: WireFormat = {
  transactionTime: false,
  blockSignature: false,
  oldHeaderHash: "sha256d",
};

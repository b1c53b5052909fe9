/** In what the serialisations of two networks differ. Part of the network's data. */
export interface WireFormat {
  /** Whether a transaction carries its time after the version. */
  readonly transactionTime: boolean;
  /** Whether a block ends in a signature. */
  readonly blockSignature: boolean;
  /** What hashes a header of signed version 6 or lower; every later one is double SHA-256. */
  readonly oldHeaderHash: "x13" | "sha256d";
}

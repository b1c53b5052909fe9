/** Who runs a file of the shared vectors, or a key of `exos-vectors.json`. */
export type VectorClaim =
  /** A test, or a folder of tests; some file there names the vectors. */
  | { readonly by: string }
  /** Nobody yet; so many cases, and why. */
  | { readonly waiting: string; readonly cases: number }
  /** It holds no cases of its own. */
  | { readonly note: string };

/** Keys of `exos-vectors.json`. */
export const KEY_CLAIMS: Readonly<Record<string, VectorClaim>> = {
  _meta: { note: "where the values come from" },
  genesis: { by: "test/shared/codec/exos-vectors.test.ts" },
  x13: { by: "test/shared/crypto/x13.test.ts" },
  stratisChain: { by: "test/shared/judge-chain.test.ts" },
  kernels: { by: "test/shared/consensus" },
  difficulty: { by: "test/shared/consensus" },
  retargetUnit: { by: "test/shared/consensus" },
  stakeModifierUnit: { by: "test/shared/consensus" },
  stakeDepthUnit: { by: "test/shared/consensus" },
  futureDrift: { by: "test/shared/consensus" },
  sighash: { by: "test/shared/script/exos-vectors.test.ts" },
  bip34: { by: "test/shared/script/exos-vectors.test.ts" },
  compactBits: { by: "test/shared/consensus" },
  posTransactions: { by: "test/shared/codec/exos-vectors.test.ts" },
  stratisBlock1: { by: "test/shared/codec/exos-vectors.test.ts" },
  stratisBlock1125: { by: "test/shared/codec/exos-vectors.test.ts" },
  p2pMessagesStratisMagic: { by: "test/shared/codec/messages/messages.test.ts" },
  merkle: { by: "test/shared/codec/exos-vectors.test.ts" },
  provenHeaders: { by: "test/shared/codec/proven-header.test.ts" },
  headersPayload: { by: "test/shared/codec/messages/messages.test.ts" },
  locatorHeights: { by: "test/shared/codec/messages/messages.test.ts" },
  addresses: { by: "test/shared/script/address.test.ts" },
  hdWallet: { by: "test/shared/wallet/schemes.test.ts" },
  coldStaking: { by: "test/shared/script/exos-vectors.test.ts" },
  checkpoints: { by: "test/shared/consensus/networks.test.ts" },
  compactVarInt: { by: "test/shared/codec/compact-var-int.test.ts" },
  externalDataFilesToPort: { note: "names of the reference's own files" },
};

/** Files below the folder of the vectors; texts about them are left out. */
export const FILE_CLAIMS: Readonly<Record<string, VectorClaim>> = {
  "exos-vectors.json": { note: "key by key" },
  "post-vectors.json": { waiting: "proofs of space come with the compute network", cases: 1 },
  "stratis/blk0001.dat": { by: "test/shared/judge-chain.test.ts" },
  "script/pos_base58_keys_invalid.json": { by: "test/shared/primitives/base58.test.ts" },
  "script/pos_base58_keys_valid.json": { by: "test/shared/primitives/base58.test.ts" },
  "script/pos_bip39_vectors.json": { by: "test/shared/wallet/words.test.ts" },
  "script/pos_script_tests.json": { by: "test/shared/script/script-suites.test.ts" },
  "script/pos_sig_canonical.json": { by: "test/shared/script/signature-encoding.test.ts" },
  "script/pos_sig_noncanonical.json": { by: "test/shared/script/signature-encoding.test.ts" },
  "script/pos_sighash.json": { by: "test/shared/script/transaction-suites.test.ts" },
  "script/pos_tx_valid.json": { by: "test/shared/script/transaction-suites.test.ts" },
  "bitcoin-core/script-tests.json": { by: "test/shared/script/script-suites.test.ts" },
  "bitcoin-core/sighash-tests.json": { by: "test/shared/script/transaction-suites.test.ts" },
  "bitcoin-core/tx-valid.json": { by: "test/shared/script/transaction-suites.test.ts" },
  "bitcoin-blocks/*": { by: "test/shared/script/bitcoin-blocks.test.ts" },
  "bitcoin-regtest/chain.bin": { by: "test/shared/codec/decode-block.test.ts" },
  "bitcoin-regtest/chain.json": { note: "totals of chain.bin, as networks.md has them" },
  "exos-regtest/api.json": { by: "test/services/rpc" },
  "exos-regtest/blocks.json": { by: "test/shared/judged-blocks.test.ts" },
  "exos-regtest/chain.dat": { by: "test/shared/judge-chain.test.ts" },
  "exos-regtest/chain.json": { by: "test/shared/judge-chain.test.ts" },
  "exos-regtest/heavy.dat": { note: "for speed: imported and killed by commands, in .ci/run" },
  "exos-regtest/odd-chain.dat": { by: "test/shared/judge-chain.test.ts" },
  "exos-regtest/p2p.json": { by: "test/shared/p2p" },
  "exos-regtest/pool.json": { by: "test/shared/consensus/policy" },
  "exos-regtest/reorg.json": { by: "test/e2e/reorganisations.test.ts" },
  "exos-regtest/transcript.jsonl": { by: "test/shared/p2p" },
  "exos-regtest/walletA.json": { by: "test/services/index" },
  "exos-regtest/walletA.wallet.json": { by: "test/shared/wallet/read-keys.test.ts" },
};

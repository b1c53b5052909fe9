/**
 * Which rules a script is held to, as bits of one number. The first sixteen have the places that
 * both references give them.
 *
 * @source ScriptVerify, NBitcoin/Script.cs (EXOSFullNode e61c2e61); bitcoin/bitcoin
 *   script/interpreter.h (25.0)
 */
export const ScriptFlags = {
  NONE: 0,
  P2SH: 1 << 0,
  STRICTENC: 1 << 1,
  DERSIG: 1 << 2,
  LOW_S: 1 << 3,
  NULLDUMMY: 1 << 4,
  SIGPUSHONLY: 1 << 5,
  MINIMALDATA: 1 << 6,
  DISCOURAGE_UPGRADABLE_NOPS: 1 << 7,
  CLEANSTACK: 1 << 8,
  CHECKLOCKTIMEVERIFY: 1 << 9,
  CHECKSEQUENCEVERIFY: 1 << 10,
  WITNESS: 1 << 11,
  DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM: 1 << 12,
  MINIMALIF: 1 << 13,
  NULLFAIL: 1 << 14,
  WITNESS_PUBKEYTYPE: 1 << 15,
  CONST_SCRIPTCODE: 1 << 16,
  /** EXOS only. Bit 31 in the reference, where a number of ours would turn negative. */
  CHECKCOLDSTAKEVERIFY: 1 << 30,
} as const;

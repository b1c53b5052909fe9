import { type Refusal, refusal } from "#shared/primitives/refusal.ts";

/** A letter or digit first: so neither `..` nor a hidden file, nor an option of a command. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * What is wrong with the name of a wallet: it becomes a file's name, so that it must not lead out of
 * the folder, as it did in the reference.
 *
 * @returns E5006
 * @source exos-l1.md 11a
 */
export function checkWalletName(name: string): Refusal | undefined {
  if (NAME.test(name) && !name.endsWith(".")) return undefined;
  const message = "A wallet's name has 1 to 64 letters, digits, dots, dashes and underscores.";
  return refusal("EXOS-E5006", message).error;
}

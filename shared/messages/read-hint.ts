/** Most bytes of a message: hashes and ids fit, and no queue's own limit ever matters. @source cloud.md 2 */
export const HINT_BYTES_MAX = 1_024;

/** What a message is, apart from being text: one of the `parse…Hint` functions. */
export type HintParser<Hint> = (message: unknown) => Hint | undefined;

/**
 * A message as a queue delivers it.
 *
 * @param parsers of the kinds that are expected there; each kind has one
 * @returns `undefined` for text that is too long, no JSON, or of no expected kind
 */
export function readHint<Hint>(
  text: string,
  parsers: readonly HintParser<Hint>[],
): Hint | undefined {
  // Of ASCII there is a byte for each unit; whatever else stands there is no hint of ours.
  if (text.length > HINT_BYTES_MAX) return undefined;
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // Nothing is lost: a hint that cannot be read cannot be repaired, and the tick finds its work.
    return undefined;
  }
  for (const parse of parsers) {
    const hint = parse(message);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

/** A message as text. @throws RangeError when it is no hint: it does not fit */
export function writeHint(message: unknown): string {
  const text = JSON.stringify(message);
  if (text.length <= HINT_BYTES_MAX) return text;
  throw new RangeError(`a message of ${text.length} bytes is no hint`);
}

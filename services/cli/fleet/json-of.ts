/** The value that an object holds as JSON. @returns `undefined` for what is none, or was cut off */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    // Whoever asks says what it should have been.
    return undefined;
  }
}

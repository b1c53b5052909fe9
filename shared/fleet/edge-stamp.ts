/** Header that the edge proves itself with: `<unix>.<hex HMAC-SHA256>`. @source cloud.md 7.3 */
export const EDGE_HEADER = "x-exos-edge";
/** Header in which the edge writes the address of whoever asks. */
export const CLIENT_HEADER = "x-exos-client";
/** Name of the edge's key, in its own store and below a city's secrets. */
export const EDGE_KEY = "edge-key";
/** Name of the key that takes its place during a rotation. */
export const EDGE_KEY_NEXT = "edge-key-next";

/**
 * What the HMAC is made of. The client's address is in it: a stamp seen once does not let its
 * finder speak for somebody else.
 * @param unix seconds
 */
export function edgeStampText(unix: number, client: string): string {
  return `${unix} ${client}`;
}

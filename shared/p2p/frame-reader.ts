/** What is wrong with the bytes of a stream. */
export type FrameFault = "message unreadable" | "checksum wrong" | "message too long";

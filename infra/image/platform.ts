/** What an image is built for, as container tools name it. @source OCI image index, `platform` */
export const PLATFORMS = ["linux/arm64", "linux/amd64"] as const;

/** A system and its processor. */
export type Platform = (typeof PLATFORMS)[number];

/** What runs here without emulation. */
export const HOST_PLATFORM: Platform = process.arch === "arm64" ? "linux/arm64" : "linux/amd64";

/** @throws RangeError naming what is none */
export function parsePlatforms(text: string): readonly Platform[] {
  return text.split(",").map((name) => {
    const known = PLATFORMS.find((one) => one === name);
    if (known !== undefined) return known;
    throw new RangeError(`"${name}" is no platform; there are ${PLATFORMS.join(", ")}`);
  });
}

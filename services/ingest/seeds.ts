/** The published names, which may have changed hands. @source exos-l1.md 1.1 */
export const SEEDS: Readonly<Record<string, readonly string[]>> = {
  exos: [
    "seednode1.oexo.cloud",
    "seednode2.oexo.net",
    "seednode3.oexo.cloud",
    "seednode4.oexo.net",
    "vps101.oexo.cloud",
    "vps102.oexo.net",
    "vps201.oexo.cloud",
    "vps202.oexo.net",
  ],
  "exos-test": [
    "testseednode1.oexo.cloud",
    "testseednode2.oexo.net",
    "testseednode3.oexo.cloud",
    "testseednode4.oexo.net",
    "vps151.oexo.cloud",
    "vps152.oexo.net",
    "vps251.oexo.cloud",
    "vps252.oexo.net",
  ],
};

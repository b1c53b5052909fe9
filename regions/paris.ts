import type { City } from "./city.ts";

export const paris: City = {
  code: "par",
  name: "Paris",
  host: {
    kind: "aws",
    region: "eu-west-3",
    zoneIds: ["euw3-az1", "euw3-az2"],
  },
  wave: 2,
  latitude: 48.8566,
  longitude: 2.3522,
  timeZone: "Europe/Paris",
};

import { expect, it } from "vitest";
import { originsToNote } from "#services/cli/fleet/origins-to-note.ts";

const outputs = (host: string) => ({
  RpcUrl: `https://${host}.lambda-url.example/`,
  EventsUrl: `https://${host}-events.lambda-url.example/`,
});

it("hosts that cities print are noted where they are missing or of another deployment", () => {
  const printed = new Map<string, Readonly<Record<string, string>>>([
    ["syd", outputs("a")],
    ["lon", outputs("b")],
    ["fra", {}],
  ]);
  const origins = {
    syd: "a.lambda-url.example",
    "syd-events": "a-events.lambda-url.example",
    lon: "old.lambda-url.example",
    ams: "elsewhere.example",
  };
  expect(originsToNote(printed, { origins })).toEqual({
    lon: "b.lambda-url.example",
    "lon-events": "b-events.lambda-url.example",
  });
});

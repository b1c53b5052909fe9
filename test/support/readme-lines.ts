import { readFileSync } from "node:fs";

export const README = readFileSync("README.md", "utf8");
/** Every command that it shows, in its order. */
export const README_LINES = [...README.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(
  ([, block = ""]) => block.trim().split("\n"),
);

/** Run while a development node runs; the URL of the API changes with its port. */
const NODE_LINE =
  /^(npm start -- (status|sync|stake|rpc|peers|logs|wallet|balance|address|send)|node -e) /;
export const WITH_NODE = README_LINES.filter((line) => NODE_LINE.test(`${line} `));
/** Run in their order, in a folder with the chain. */
export const WITH_CHAIN = README_LINES.filter((line) => line.includes(" --network stratis"));
/** Run alone. */
export const ALONE = [
  "npm start -- config",
  "npm start -- config explain dbcache",
  "npm start -- --help",
  "npm start -- fleet plan",
  "npm start -- fleet cost --city syd",
  "npm start -- fleet runbook",
];

import type { ErrorRows } from "./error-row.ts";

/** 8xxx: the fleet and its delivery. */
export const FLEET_ERRORS = {
  "EXOS-E8001": {
    status: 404,
    title: "Unknown city",
    sentence: "No city of the fleet has this name.",
    hint: "`exos fleet plan` lists the cities with their three letters; `exos fleet status` those of a running fleet.",
  },
  "EXOS-E8002": {
    status: 400,
    title: "Impossible partition",
    sentence: "The sizes of the two groups do not add up to the cities of the fleet.",
    hint: "Two sizes of at least one city each, as in `--partition 6/7` for thirteen.",
  },
  "EXOS-E8003": {
    status: 400,
    title: "Wrong kind of city",
    sentence: "What was asked is for cities of another host.",
    hint: "`exos fleet plan` says of each city where it runs and how it is deployed.",
  },
  "EXOS-E8004": {
    status: 400,
    title: "Facts of the deployer are missing",
    sentence: "The fleet cannot be deployed before its deployer has named his accounts and names.",
    hint: "Fill in `regions/deployment.ts` as `regions/deployment.example.ts` shows.",
  },
  "EXOS-E8005": {
    status: 409,
    title: "A deployment is under way",
    sentence: "Somebody else deploys this fleet, or was killed at it less than five minutes ago.",
    hint: "Wait until it ends; five minutes after he was killed, others may go on where he stopped.",
  },
  "EXOS-E8006": {
    status: 500,
    title: "A wave was rolled back",
    sentence:
      "A city of the wave did not come up, or did not stand its test; later waves are untouched.",
    hint: "Mend the reason and deploy again; cities that need a hand are named.",
  },
  "EXOS-E8007": {
    status: 400,
    title: "Name not typed",
    sentence: "What cannot be undone wants the city's name.",
    hint: "Repeat the command with `--confirm` and the three letters of the city.",
  },
  "EXOS-E8008": {
    status: 404,
    title: "Unknown release",
    sentence: "No release of this name is stored.",
    hint: "`exos fleet deploy` stores one; `exos fleet status --environment prod` names what runs.",
  },
  "EXOS-E8009": {
    status: 403,
    title: "Credentials of another account",
    sentence: "The credentials in use are not of the account that a city is deployed to.",
    hint: "Log in to that account, or name the right one in `regions/deployment.ts`: an environment has one for all of its cities.",
  },
  "EXOS-E8010": {
    status: 409,
    title: "Machines wait for the next key",
    sentence: "Machines outside AWS must accept the edge's next key before the edge signs with it.",
    hint: "Write it there as the lines above say, and run the command again with `--confirm`.",
  },
  "EXOS-E8011": {
    status: 500,
    title: "A wave is kept",
    sentence: "A wave stays at its release though not all is well; no later one is begun.",
    hint: "Look at `exos fleet status --environment prod`; when it is well, the same release goes on where it stopped.",
  },
  "EXOS-E8012": {
    status: 500,
    title: "A program of the fleet failed",
    sentence: "A program that builds, synthesises, deploys or removes ended with a failure.",
    hint: "The lines above say which one and why; once that is mended, the same command goes on.",
  },
  "EXOS-E8020": {
    status: 503,
    title: "No key of the edge",
    sentence: "The city has no key to tell by what came through the edge, or cannot read it.",
    hint: "Put it into `edge-key` of the city's folder of secrets, for the node's user alone.",
  },
} as const satisfies ErrorRows;

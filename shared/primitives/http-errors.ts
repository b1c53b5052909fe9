import type { ErrorRows } from "./error-row.ts";

/** 4xxx: requests. The first three digits are the status, the fourth tells the cases apart. */
export const HTTP_ERRORS = {
  "EXOS-E4000": {
    status: 400,
    title: "Malformed request",
    sentence: "The request cannot be read.",
    hint: "The message names the place. `/v1/openapi.json` shows the right form.",
  },
  "EXOS-E4001": {
    status: 400,
    title: "Bad parameter",
    sentence: "A parameter is missing or has a value it cannot take.",
    hint: "The errors name each parameter and what it accepts.",
  },
  "EXOS-E4002": {
    status: 400,
    title: "Malformed JSON",
    sentence: "The body is no JSON text, or is nested too deeply.",
    hint: "Send UTF-8 JSON of at most 64 levels.",
  },
  "EXOS-E4003": {
    status: 400,
    title: "Bad address",
    sentence: "This is no address of this network.",
    hint: "Check it for typing errors, and the network it belongs to.",
  },
  "EXOS-E4004": {
    status: 400,
    title: "Undecodable bytes",
    sentence: "The hex text is no transaction, block or script.",
    hint: "Send the canonical serialisation of this network as hex.",
  },
  "EXOS-E4005": {
    status: 400,
    title: "Bad cursor",
    sentence: "A page cursor was not made by this node's API.",
    hint: "Start again without a cursor and follow `next` as it is given.",
  },
  "EXOS-E4010": {
    status: 401,
    title: "Login needed",
    sentence: "The request carries no login, or a wrong one.",
    hint: "Use the content of the cookie file in the network's data folder as user and password.",
  },
  "EXOS-E4030": {
    status: 403,
    title: "Refused here",
    sentence: "This method or address is not allowed for this caller.",
    hint: "Call from an allowed address, or ask the operator.",
  },
  "EXOS-E4031": {
    status: 403,
    title: "Foreign origin",
    sentence: "A page of another site may not call this node.",
    hint: "List the origin in httporigins, or the host name in httphosts.",
  },
  "EXOS-E4032": {
    status: 403,
    title: "Not by the edge",
    sentence: "This city answers only what comes through the fleet's edge.",
    hint: "Ask the fleet's public name, with `/c/<city>/` in front of the path to pin a city.",
  },
  "EXOS-E4040": {
    status: 404,
    title: "No such route",
    sentence: "Nothing answers at this path.",
    hint: "See `/v1/openapi.json` for the paths.",
  },
  "EXOS-E4041": {
    status: 404,
    title: "Not found",
    sentence: "No block, transaction or address of this name is known here.",
    hint: "Check the name, and that the node stands at the tip.",
  },
  "EXOS-E4042": {
    status: 404,
    title: "Unknown method",
    sentence: "There is no method of this name.",
    hint: "`help` lists the methods.",
  },
  "EXOS-E4050": {
    status: 405,
    title: "Wrong verb",
    sentence: "This path does not take this HTTP method.",
    hint: "The Allow header names those it takes.",
  },
  "EXOS-E4080": {
    status: 408,
    title: "Timed out",
    sentence: "The request or its answer took too long.",
    hint: "Ask for less at once, or try again.",
  },
  "EXOS-E4090": {
    status: 409,
    title: "Page from another chain",
    sentence: "The block this cursor is tied to has left the chain.",
    hint: "Start the list again: the answer carries a fresh link.",
  },
  "EXOS-E4130": {
    status: 413,
    title: "Too large",
    sentence: "The request, its batch or its answer is over a limit.",
    hint: "The message names the limit; `/v1/limits` lists all.",
  },
  "EXOS-E4140": {
    status: 414,
    title: "URL too long",
    sentence: "The URL is longer than 8 KiB.",
    hint: "Send less in the URL.",
  },
  "EXOS-E4220": {
    status: 422,
    title: "Refused by a rule",
    sentence: "What was sent breaks a rule of the chain.",
    hint: "The detail is the reject code.",
  },
  "EXOS-E4290": {
    status: 429,
    title: "Too many requests",
    sentence: "This caller used up its allowance.",
    hint: "Wait as long as Retry-After says.",
  },
  "EXOS-E4310": {
    status: 431,
    title: "Headers too large",
    sentence: "The request headers are over 16 KiB.",
    hint: "Send fewer or shorter headers.",
  },
} as const satisfies ErrorRows;

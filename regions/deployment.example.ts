import type { Deployment } from "./deployment.ts";

/** What a filled-in `deployment.ts` looks like; also the stand-in for facts that are missing. */
export const EXAMPLE_DEPLOYMENT: Deployment = {
  accounts: { prod: "111122223333", test: "444455556666", local: "000000000000" },
  zone: {
    name: "exos.example",
    id: "Z0123456789ABCDEFGHIJ",
    certificate:
      "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000",
  },
  alarms: { kind: "mail", address: "alarms@exos.example" },
  // None for money that is worth something: what stands here would be where it goes.
  sweepAddresses: { local: "XBxPQk8V7ZJfwitgKHu6Nmw9bBQMTjUtg9" },
  releaseKey: undefined,
  proxyImage: undefined,
  operator: undefined,
  vector: "arn:aws:cloudfront::111122223333:key-value-store/00000000-0000-0000-0000-000000000000",
  origins: {
    syd: "syd.lambda-url.ap-southeast-2.on.aws",
    "syd-events": "syd-events.lambda-url.ap-southeast-2.on.aws",
    lon: "lon.lambda-url.eu-west-2.on.aws",
    "lon-events": "lon-events.lambda-url.eu-west-2.on.aws",
  },
  // GitHub says of a job in which environment it runs, and lets people approve each of them.
  deployRoles: {
    prod: {
      issuer: "https://token.actions.githubusercontent.com",
      audience: "sts.amazonaws.com",
      subjects: {
        0: "repo:exos/node:environment:wave-0",
        1: "repo:exos/node:environment:wave-1",
        2: "repo:exos/node:environment:wave-2",
        3: "repo:exos/node:environment:wave-3",
      },
    },
  },
};

import type { ErrorRows } from "./error-row.ts";

/** 818x: a city on an emulator of AWS, on this machine. */
export const LOCAL_CLOUD_ERRORS = {
  "EXOS-E8180": {
    status: 503,
    title: "No local endpoint",
    sentence: "Nothing here can stand for AWS.",
    hint: "Install Python 3.10 or later with venv, or name an emulator that runs in AWS_ENDPOINT_URL.",
  },
  "EXOS-E8181": {
    status: 503,
    title: "Local endpoint does not answer",
    sentence: "The emulator of AWS did not start, ended, or does not answer as one.",
    hint: "Its log stands beside its data; `exos cloud down` takes down what else was started.",
  },
  "EXOS-E8182": {
    status: 403,
    title: "Not an emulator",
    sentence:
      "What answers at this endpoint is not of the account 000000000000 that emulators have.",
    hint: "A local city is never deployed to AWS: unset AWS_ENDPOINT_URL, or point it to an emulator.",
  },
  "EXOS-E8183": {
    status: 500,
    title: "Local city not deployed",
    sentence: "Deploying the city's stacks to the local endpoint, or removing them, failed.",
    hint: "The lines above say which resource and why; `exos cloud down` begins anew.",
  },
  "EXOS-E8184": {
    status: 409,
    title: "A local city is up already",
    sentence: "A local city was started from this data folder, and not taken down.",
    hint: "`exos cloud down` takes it down; `--datadir` gives another one a folder of its own.",
  },
  "EXOS-E8185": {
    status: 404,
    title: "No local city",
    sentence: "No local city was started from this data folder.",
    hint: "`exos cloud up` starts one.",
  },
  "EXOS-E8186": {
    status: 500,
    title: "The rehearsal failed",
    sentence: "The deployed city did not do what it must.",
    hint: "The line says what; the logs of its functions stand in the folder that is named.",
  },
  "EXOS-E8187": {
    status: 503,
    title: "No LocalStack",
    sentence: "LocalStack runs in a container, and here no container of it can be had.",
    hint: "Start a Docker daemon or install podman; `exos cloud up` alone needs Python only.",
  },
  "EXOS-E8188": {
    status: 503,
    title: "No image",
    sentence: "Containers run here, and the image of this one could neither be pulled nor made.",
    hint: "The line says at which step: it takes a registry of images, or root, debootstrap and Maven.",
  },
} as const satisfies ErrorRows;

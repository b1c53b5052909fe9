/** Namespace of what the handlers write in the embedded metric format; its one dimension is `City`. */
export const METRIC_NAMESPACE = "Exos";

/** The only metrics that are ours: a fifth would cost more a year than it could tell. */
export const METRICS = ["TipHeight", "TipAgeSeconds", "Peers", "ConnectMs"] as const;

/** One of our four metrics. */
export type MetricName = (typeof METRICS)[number];

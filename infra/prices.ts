/** Hours that a month is billed for. */
export const HOURS_A_MONTH = 730;

/**
 * What AWS charges in us-east-1, in dollars, on demand and before any free tier.
 * @source cloud.md 13
 */
export const PRICES = {
  fargateVcpuHour: 0.03238,
  fargateGbHour: 0.00356,
  /** Beyond the 20 GB that come with a task. */
  fargateDiskGbHour: 0.000111,
  /** Of the price on demand. */
  fargateSpotShare: 0.32,
  publicIpv4Hour: 0.005,
  networkBalancerHour: 0.0225,
  /** A gigabyte an hour, or a hundred thousand connections at once. */
  networkBalancerUnitHour: 0.006,
  dynamoMillionWrites: 0.625,
  dynamoMillionReads: 0.125,
  dynamoGbMonth: 0.25,
  s3GbMonth: 0.023,
  s3MillionPuts: 5,
  s3MillionGets: 0.4,
  sqsMillion: 0.4,
  sqsFifoMillion: 0.5,
  snsMillion: 0.5,
  schedulerMillion: 1,
  lambdaArmGbSecond: 0.000_013_3,
  lambdaMillion: 0.2,
  metricMonth: 0.3,
  alarmMetricMonth: 0.1,
  compositeAlarmMonth: 0.5,
  /** Beyond the three that an account has for nothing. */
  dashboardMonth: 3,
  logGb: 0.5,
  kmsKeyMonth: 1,
  ecrGbMonth: 0.1,
  wafAclMonth: 5,
  wafRuleMonth: 1,
  wafMillion: 0.6,
  /** By HTTPS, where it is cheapest. */
  cloudFrontMillion: 1,
  cloudFrontFunctionMillion: 0.1,
  keyValueReadMillion: 0.03,
  /** A small machine outside AWS. */
  externalCityMonth: 6,
} as const;

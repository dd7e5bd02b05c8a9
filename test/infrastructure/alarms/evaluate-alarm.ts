/** What CloudWatch was told: values by metric, each at a second of the run. */
export type Run = ReadonlyMap<string, readonly Sample[]>;
export interface Sample {
  at: number;
  value: number;
}

interface MetricOfAlarm {
  Namespace: string;
  MetricName: string;
  Dimensions?: { Name: string; Value: unknown }[];
}

/** An alarm of a template. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-alarm.html */
export interface AlarmProperties extends Partial<MetricOfAlarm> {
  Statistic?: string;
  Period?: number;
  Metrics?: {
    Id: string;
    Expression?: string;
    MetricStat?: { Metric: MetricOfAlarm; Stat: string; Period: number };
    ReturnData?: boolean;
  }[];
  EvaluationPeriods: number;
  DatapointsToAlarm?: number;
  Threshold: number;
  ComparisonOperator: string;
  TreatMissingData?: string;
}

const statistics: Record<string, (values: number[]) => number> = {
  Sum: (values) => values.reduce((total, value) => total + value, 0),
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
};
const comparisons: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** `<name> <value of its dimension>`; the dimension's name where its value is AWS's own. */
export function metricName({ MetricName, Dimensions: [dimension] = [] }: MetricOfAlarm): string {
  const value = typeof dimension?.Value === 'string' ? dimension.Value : dimension?.Name;
  return value === undefined ? MetricName : `${MetricName} ${value}`;
}

export function metricsOf({ Metrics, MetricName, Namespace, ...own }: AlarmProperties): MetricOfAlarm[] {
  if (Metrics) return Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
  return MetricName && Namespace ? [{ MetricName, Namespace, ...own }] : [];
}

/**
 * Seconds of the run at which the alarm is in the state ALARM, looked at with each period's end, as CloudWatch does:
 * M of the last N periods breach, and a period without data counts as the alarm says.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function findRinging(alarm: AlarmProperties, run: Run, seconds: number): number[] {
  const period = alarm.Period ?? alarm.Metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 0;
  if (period <= 0) throw new Error('The alarm has no period');
  const isAbove = comparisons[alarm.ComparisonOperator];
  if (!isAbove) throw new Error(`${alarm.ComparisonOperator} is not known here`);
  const breaches: boolean[] = [];
  const ringing: number[] = [];
  for (let end = period; end <= seconds; end += period) {
    const value = readPeriod(alarm, run, end - period, end);
    breaches.push(
      value === undefined ? alarm.TreatMissingData === 'breaching' : isAbove(value, alarm.Threshold),
    );
    const seen = breaches.slice(-alarm.EvaluationPeriods).filter(Boolean).length;
    if (seen >= (alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods)) ringing.push(end);
  }
  return ringing;
}

function readPeriod(alarm: AlarmProperties, run: Run, from: number, to: number): number | undefined {
  const read = (metric: MetricOfAlarm, statistic = '') => {
    const values = (run.get(metricName(metric)) ?? []).flatMap(({ at, value }) =>
      at >= from && at < to ? [value] : [],
    );
    const compute = statistics[statistic];
    if (!compute) throw new Error(`The statistic ${statistic} is not known here`);
    return values.length === 0 ? undefined : compute(values);
  };
  if (!alarm.Metrics) return read(alarm as MetricOfAlarm, alarm.Statistic);
  const named = new Map(
    alarm.Metrics.flatMap(({ Id, MetricStat }) =>
      MetricStat ? [[Id, read(MetricStat.Metric, MetricStat.Stat)] as const] : [],
    ),
  );
  const expression = alarm.Metrics.find(({ Expression }) => Expression)?.Expression ?? '';
  const [, join = '', list = ''] = /^(MAX|SUM)\(\[(.*)\]\)$/.exec(expression) ?? [];
  const values = [...list.matchAll(/FILL\((\w+),(-?\d+)\)/g)].map(
    ([, id = '', filling]) => named.get(id) ?? Number(filling),
  );
  if (values.length !== named.size) throw new Error(`${expression} is not known here`);
  return join === 'MAX' ? Math.max(...values) : values.reduce((total, value) => total + value, 0);
}

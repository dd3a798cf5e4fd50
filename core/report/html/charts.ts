import type { Component } from 'svelte';
import { render } from 'svelte/server';
import BarsChart from '../charts/generated/BarsChart.js';
import DistributionChart from '../charts/generated/DistributionChart.js';
import TimelineChart from '../charts/generated/TimelineChart.js';
import { latencyBins, neighbourPercentiles } from '../charts/latencies.ts';
import { formatDuration, formatPercent } from '../format.ts';
import type { ReportLayer } from '../schema.ts';
import { summarise } from '../statistics.ts';

/** A drawing, and the styles that it needs in the page's head. */
export interface Chart {
  readonly head: string;
  readonly body: string;
}

/** Every timed run in its order, with the median as a line; of many runs also how their distribution moves. */
export function timelineChart(samplesNs: readonly number[]): Chart {
  const { minNs, maxNs, medianNs } = summarise(samplesNs);
  const range = `between ${formatDuration(minNs)} and ${formatDuration(maxNs)}`;
  const band =
    neighbourPercentiles(samplesNs).length === 0
      ? ''
      : ' The band holds 80 % of the runs that followed each other, the line in it is their median.';
  return rendered(TimelineChart, {
    title: 'Latency of each run, in order',
    description: `${samplesNs.length} timed runs from first to last, ${range}; dashed: the median, ${formatDuration(medianNs)}.${band}`,
    samplesNs,
  });
}

/** How often which latency occurred, with percentiles. */
export function distributionChart(samplesNs: readonly number[]): Chart {
  const { medianNs, p90Ns, p99Ns } = summarise(samplesNs);
  const { bins, beyond } = latencyBins(samplesNs);
  const range = `from ${formatDuration(bins[0].from)} to ${formatDuration(bins[bins.length - 1].to)}`;
  return rendered(DistributionChart, {
    title: 'How often which latency occurred',
    description: `Number of runs by latency, ${range}.${beyond === 0 ? '' : ` Slower ones that are not drawn: ${beyond}.`}`,
    samplesNs,
    marks: [
      { name: 'median', ns: medianNs },
      { name: '90 %', ns: p90Ns },
      { name: '99 %', ns: p99Ns },
    ],
  });
}

/** One bar per layer in the network's order, as long as its share of the time. */
export function layersChart(layers: readonly ReportLayer[]): Chart {
  const total = layers.reduce((sum, layer) => sum + layer.medianNs, 0) || 1;
  const slowest = [...layers].sort((a, b) => b.medianNs - a.medianNs).slice(0, 3);
  return rendered(BarsChart, {
    title: 'Time per layer',
    description: `Median time of ${layers.length} layers. The slowest: ${slowest.map(({ layer, medianNs }) => `${layer} ${formatDuration(medianNs)}`).join(', ')}.`,
    bars: layers.map(({ layer, medianNs }) => ({
      name: layer,
      value: medianNs,
      text: `${formatDuration(medianNs)}, ${formatPercent(medianNs / total)}`,
    })),
  });
}

function rendered<Props extends object>(component: Component<Props>, props: Props): Chart {
  const { head, body } = render(component as Component, { props });
  // Marks by which a script would find its places again: there is none, and text is escaped, so that all comments are such.
  return { head, body: body.replaceAll(/<!--.*?-->/g, '') };
}

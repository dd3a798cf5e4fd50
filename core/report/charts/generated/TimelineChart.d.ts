import type { Component } from 'svelte';
import type { TimelineChartProps } from '../props.ts';
declare const TimelineChart: Component<TimelineChartProps>;
export default TimelineChart;

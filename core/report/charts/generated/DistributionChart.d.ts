import type { Component } from 'svelte';
import type { DistributionChartProps } from '../props.ts';
declare const DistributionChart: Component<DistributionChartProps>;
export default DistributionChart;

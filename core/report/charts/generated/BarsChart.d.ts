import type { Component } from 'svelte';
import type { BarsChartProps } from '../props.ts';
declare const BarsChart: Component<BarsChartProps>;
export default BarsChart;

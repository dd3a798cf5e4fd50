import * as $ from 'svelte/internal/server';
import { summarise } from '../../statistics.ts';
import ChartFrame from './ChartFrame.js';
import { neighbourPercentiles, thinned } from '../latencies.ts';
import { durationLabels, linearScale, ticks } from '../scale.ts';
import { DRAWN_WIDTH, SMALLEST_WIDTH } from '../widths.ts';

const $$css = {
	hash: 'svelte-1wwkeez',
	code: 'circle.svelte-1wwkeez {fill:var(--chart-1);fill-opacity:0.6;}.band.svelte-1wwkeez {fill:var(--chart-2);fill-opacity:0.25;}.running.svelte-1wwkeez {fill:none;stroke:var(--chart-2);stroke-width:2;}.median.svelte-1wwkeez {stroke:var(--ink);stroke-dasharray:5 4;}'
};

export default function TimelineChart($$renderer, $$props) {
	$$renderer.global.css.add($$css);

	$$renderer.component(($$renderer) => {
		const { samplesNs, total, title, description, table } = $$props;
		let measured = DRAWN_WIDTH;
		const width = $.derived(() => Math.max(SMALLEST_WIDTH, measured));
		const height = 220;
		const left = 64;
		const right = 12;
		const top = 10;
		const bottom = 26;

		const $$d = $.derived(() => summarise(samplesNs)),
			low = $.derived(() => $$d().minNs),
			high = $.derived(() => $$d().maxNs),
			middle = $.derived(() => $$d().medianNs);

		const margin = $.derived(() => Math.max((high() - low()) * 0.06, high() * 0.005));
		const y = $.derived(() => linearScale(Math.max(0, low() - margin()), high() + margin(), height - bottom, top));
		const x = $.derived(() => linearScale(1, Math.max(2, total ?? samplesNs.length), left, width() - right));
		const valueTicks = $.derived(() => ticks(y().low, y().high, 4));
		const labels = $.derived(() => durationLabels(valueTicks()));
		const countTicks = $.derived(() => ticks(1, x().high, 6).filter((tick) => Number.isInteger(tick) && tick >= 1));
		const neighbours = $.derived(() => neighbourPercentiles(samplesNs));
		const at = (value) => value.toFixed(1);

		/** One point in the middle of each group, and the ends of the drawing. */
		const path = (percentile) => neighbours().map((group, index) => {
			const isLast = index === neighbours().length - 1;

			const run = index === 0
				? 1
				: isLast ? group.to : (group.from + 1 + group.to) / 2;

			return `${at(x().position(run))},${at(y().position(group[percentile]))}`;
		});

		let $$settled = true;
		let $$inner_renderer;

		function $$render_inner($$renderer) {
			ChartFrame($$renderer, {
				title,
				description,
				table,
				width: width(),
				height,
				get measured() {
					return measured;
				},

				set measured($$value) {
					measured = $$value;
					$$settled = false;
				},

				children: ($$renderer) => {
					$$renderer.push(`<!--[-->`);

					const each_array = $.ensure_array_like(valueTicks());

					for (let index = 0, $$length = each_array.length; index < $$length; index++) {
						let tick = each_array[index];

						$$renderer.push(`<line class="grid"${$.attr('x1', left)}${$.attr('x2', width() - right)}${$.attr('y1', at(y().position(tick)))}${$.attr('y2', at(y().position(tick)))}></line><text${$.attr('x', left - 6)}${$.attr('y', at(y().position(tick) + 4))} text-anchor="end">${$.escape(labels()[index])}</text>`);
					}

					$$renderer.push(`<!--]--><!--[-->`);

					const each_array_1 = $.ensure_array_like(countTicks());

					for (let $$index_1 = 0, $$length = each_array_1.length; $$index_1 < $$length; $$index_1++) {
						let tick = each_array_1[$$index_1];

						$$renderer.push(`<text${$.attr('x', at(x().position(tick)))}${$.attr('y', height - 6)} text-anchor="middle">${$.escape(tick)}</text>`);
					}

					$$renderer.push(`<!--]-->`);

					if (neighbours().length > 0) {
						$$renderer.push(`<!--[0--><polygon class="band svelte-1wwkeez"${$.attr('points', [...path('p10'), ...path('p90').reverse()].join(' '))}></polygon>`);
					} else {
						$$renderer.push('<!--[-1-->');
					}

					$$renderer.push(`<!--]--><!--[-->`);

					const each_array_2 = $.ensure_array_like(thinned(samplesNs));

					for (let $$index_2 = 0, $$length = each_array_2.length; $$index_2 < $$length; $$index_2++) {
						let [index, value] = each_array_2[$$index_2];

						$$renderer.push(`<circle${$.attr('cx', at(x().position(index + 1)))}${$.attr('cy', at(y().position(value)))} r="2" class="svelte-1wwkeez"></circle>`);
					}

					$$renderer.push(`<!--]-->`);

					if (neighbours().length > 0) {
						$$renderer.push(`<!--[0--><polyline class="running svelte-1wwkeez"${$.attr('points', path('median').join(' '))}></polyline>`);
					} else {
						$$renderer.push('<!--[-1-->');
					}

					$$renderer.push(`<!--]--><line class="median svelte-1wwkeez"${$.attr('x1', left)}${$.attr('x2', width() - right)}${$.attr('y1', at(y().position(middle())))}${$.attr('y2', at(y().position(middle())))}></line>`);
				},
				$$slots: { default: true }
			});
		}

		do {
			$$settled = true;
			$$inner_renderer = $$renderer.copy();
			$$render_inner($$inner_renderer);
		} while (!$$settled);

		$$renderer.subsume($$inner_renderer);
	});
}
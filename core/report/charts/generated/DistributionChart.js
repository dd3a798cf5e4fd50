import * as $ from 'svelte/internal/server';
import ChartFrame from './ChartFrame.js';
import { latencyBins } from '../latencies.ts';
import { durationLabels, linearScale, ticks } from '../scale.ts';
import { DRAWN_WIDTH, SMALLEST_WIDTH } from '../widths.ts';

const $$css = {
	hash: 'svelte-adkfje',
	code: 'rect.svelte-adkfje {fill:var(--chart-1);}.mark.svelte-adkfje {stroke:var(--ink);stroke-dasharray:4 3;}.mark-name.svelte-adkfje {fill:var(--ink);paint-order:stroke;stroke:var(--surface);stroke-width:4px;}'
};

export default function DistributionChart($$renderer, $$props) {
	$$renderer.global.css.add($$css);

	$$renderer.component(($$renderer) => {
		const { samplesNs, marks, title, description, table } = $$props;
		let measured = DRAWN_WIDTH;
		const width = $.derived(() => Math.max(SMALLEST_WIDTH, measured));
		const height = 220;
		const left = 64;
		const right = 12;
		const bottom = 26;

		/** Pixels that the name of a line may need to its right, and for each name. */
		const ROOM_FOR_NAME = 90;

		const NAME_HEIGHT = 13;
		const top = $.derived(() => 12 + NAME_HEIGHT * marks.length);
		const bins = $.derived(() => latencyBins(samplesNs).bins);
		const low = $.derived(() => bins()[0].from);
		const high = $.derived(() => bins()[bins().length - 1].to);
		const x = $.derived(() => linearScale(low(), high(), left, width() - right));
		const y = $.derived(() => linearScale(0, Math.max(...bins().map(({ count }) => count)), height - bottom, top()));
		const runTicks = $.derived(() => ticks(0, y().high, 4).filter((tick) => Number.isInteger(tick)));
		const valueTicks = $.derived(() => ticks(low(), high(), 6));
		const labels = $.derived(() => durationLabels(valueTicks()));
		const at = (value) => value.toFixed(1);
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

					const each_array = $.ensure_array_like(runTicks());

					for (let $$index = 0, $$length = each_array.length; $$index < $$length; $$index++) {
						let tick = each_array[$$index];

						$$renderer.push(`<line class="grid"${$.attr('x1', left)}${$.attr('x2', width() - right)}${$.attr('y1', at(y().position(tick)))}${$.attr('y2', at(y().position(tick)))}></line><text${$.attr('x', left - 6)}${$.attr('y', at(y().position(tick) + 4))} text-anchor="end">${$.escape(tick)}</text>`);
					}

					$$renderer.push(`<!--]--><!--[-->`);

					const each_array_1 = $.ensure_array_like(bins());

					for (let $$index_1 = 0, $$length = each_array_1.length; $$index_1 < $$length; $$index_1++) {
						let { from, to, count } = each_array_1[$$index_1];

						$$renderer.push(`<rect${$.attr('x', at(x().position(from) + 0.5))}${$.attr('y', at(y().position(count)))}${$.attr('width', at(Math.max(1, x().position(to) - x().position(from) - 1)))}${$.attr('height', at(height - bottom - y().position(count)))} class="svelte-adkfje"></rect>`);
					}

					$$renderer.push(`<!--]--><!--[-->`);

					const each_array_2 = $.ensure_array_like(valueTicks());

					for (let index = 0, $$length = each_array_2.length; index < $$length; index++) {
						let tick = each_array_2[index];

						$$renderer.push(`<text${$.attr('x', at(x().position(tick)))}${$.attr('y', height - 6)} text-anchor="middle">${$.escape(labels()[index])}</text>`);
					}

					$$renderer.push(`<!--]--><!--[-->`);

					const each_array_3 = $.ensure_array_like(marks);

					for (let index = 0, $$length = each_array_3.length; index < $$length; index++) {
						let { name, ns } = each_array_3[index];
						const place = x().position(ns);
						const isFarRight = place > width() - ROOM_FOR_NAME;
						const nameTop = 12 + NAME_HEIGHT * index;

						$$renderer.push(`<line class="mark svelte-adkfje"${$.attr('x1', at(place))}${$.attr('x2', at(place))}${$.attr('y1', nameTop - 9)}${$.attr('y2', height - bottom)}></line><text class="mark-name svelte-adkfje"${$.attr('x', at(place + (isFarRight ? -4 : 4)))}${$.attr('y', nameTop)}${$.attr('text-anchor', isFarRight ? 'end' : 'start')}>${$.escape(name)}</text>`);
					}

					$$renderer.push(`<!--]-->`);
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
import * as $ from 'svelte/internal/server';
import ChartFrame from './ChartFrame.js';
import { linearScale } from '../scale.ts';
import { DRAWN_WIDTH, SMALLEST_WIDTH } from '../widths.ts';

const $$css = {
	hash: 'svelte-7fl33m',
	code: '.bars.svelte-7fl33m .drawing {max-width:60rem;}rect.svelte-7fl33m {fill:var(--chart-1);}.second.svelte-7fl33m {fill:var(--chart-2);}.name.svelte-7fl33m {fill:var(--ink);}'
};

export default function BarsChart($$renderer, $$props) {
	$$renderer.global.css.add($$css);

	$$renderer.component(($$renderer) => {
		const { bars, title, description, table } = $$props;
		let measured = DRAWN_WIDTH;
		const width = $.derived(() => Math.max(SMALLEST_WIDTH, measured));
		const row = 22;
		const names = $.derived(() => Math.min(190, Math.round(width() * 0.38)));
		const room = 130;
		const longest = $.derived(() => Math.max(1e-12, ...bars.map(({ value, second = 0 }) => Math.max(value, second))));
		const scale = $.derived(() => linearScale(0, longest(), 0, width() - names() - room));
		const at = (value) => value.toFixed(1);
		const lengthOf = (value) => at(Math.max(1, scale().position(value)));

		/** As many letters as fit, at about seven pixels each. */
		const most = $.derived(() => Math.floor(names() / 7));

		const shortened = (text) => text.length <= most() ? text : `${text.slice(0, most() - 1)}…`;
		let $$settled = true;
		let $$inner_renderer;

		function $$render_inner($$renderer) {
			$$renderer.push(`<div class="bars svelte-7fl33m">`);

			ChartFrame($$renderer, {
				title,
				description,
				table,
				width: width(),
				height: Math.max(1, bars.length) * row + 4,
				get measured() {
					return measured;
				},

				set measured($$value) {
					measured = $$value;
					$$settled = false;
				},

				children: ($$renderer) => {
					$$renderer.push(`<!--[-->`);

					const each_array = $.ensure_array_like(bars);

					for (let index = 0, $$length = each_array.length; index < $$length; index++) {
						let { name, value, text, second } = each_array[index];
						const top = index * row;

						$$renderer.push(`<g><title>${$.escape(name)}: ${$.escape(text)}</title><text class="name svelte-7fl33m"${$.attr('x', names() - 8)}${$.attr('y', top + 15)} text-anchor="end">${$.escape(shortened(name))}</text><rect${$.attr('x', names())}${$.attr('y', top + 3)}${$.attr('width', lengthOf(value))}${$.attr('height', row - (second === undefined ? 7 : 12))} class="svelte-7fl33m"></rect>`);

						if (second !== undefined) {
							$$renderer.push(`<!--[0--><rect class="second svelte-7fl33m"${$.attr('x', names())}${$.attr('y', top + 14)}${$.attr('width', lengthOf(second))} height="4"></rect>`);
						} else {
							$$renderer.push('<!--[-1-->');
						}

						$$renderer.push(`<!--]--><text${$.attr('x', at(names() + scale().position(value) + 6))}${$.attr('y', top + 15)}>${$.escape(text)}</text></g>`);
					}

					$$renderer.push(`<!--]-->`);
				},
				$$slots: { default: true }
			});

			$$renderer.push(`<!----></div>`);
		}

		do {
			$$settled = true;
			$$inner_renderer = $$renderer.copy();
			$$render_inner($$inner_renderer);
		} while (!$$settled);

		$$renderer.subsume($$inner_renderer);
	});
}
import * as $ from 'svelte/internal/server';

const $$css = {
	hash: 'svelte-1b73iet',
	code: 'figure.svelte-1b73iet {display:flex;flex-direction:column;gap:0.25rem;min-width:0;margin:0;break-inside:avoid;}:is(figcaption.svelte-1b73iet span:where(.svelte-1b73iet), summary.svelte-1b73iet) {color:var(--soft);font-size:0.8125rem;}svg.svelte-1b73iet {display:block;width:100%;height:auto;font:12px var(--sans);}svg.svelte-1b73iet text {fill:var(--soft);}svg.svelte-1b73iet .grid {stroke:var(--line);}.scroll.svelte-1b73iet {max-height:16rem;overflow:auto;}table.svelte-1b73iet {border-collapse:collapse;font-size:0.75rem;}:is(th.svelte-1b73iet, td.svelte-1b73iet) {padding:0.15rem 1rem 0.15rem 0;text-align:left;border-bottom:1px solid var(--line);}'
};

export default function ChartFrame($$renderer, $$props) {
	$$renderer.global.css.add($$css);

	$$renderer.component(($$renderer) => {
		/** What the picture shows, in words, for those who do not see it. */
		/** The same as text. */
		/** Pixels that there are for it, told as soon as they are known. */
		/** The drawing. */
		let {
			title,
			description,
			table,
			measured = void 0,
			width,
			height,
			children
		} = $$props;

		let isOpen = false;

		$$renderer.push(`<figure class="svelte-1b73iet"><figcaption class="svelte-1b73iet"><strong class="svelte-1b73iet">${$.escape(title)}</strong> <span class="svelte-1b73iet">${$.escape(description)}</span></figcaption> <div class="drawing svelte-1b73iet"><svg${$.attr('viewBox', `0 0 ${$.stringify(width)} ${$.stringify(height)}`)} role="img"${$.attr('aria-label', `${$.stringify(title)}. ${$.stringify(description)}`)} class="svelte-1b73iet">`);
		children($$renderer);
		$$renderer.push(`<!----></svg></div> `);

		if (table !== undefined) {
			$$renderer.push(`<!--[0--><details${$.attr('open', isOpen, true)} class="svelte-1b73iet"><summary class="svelte-1b73iet">${$.escape(table.summary)}</summary> `);

			if (isOpen) {
				$$renderer.push(`<!--[0--><div class="scroll svelte-1b73iet" tabindex="0" role="region"${$.attr('aria-label', title)}><table class="svelte-1b73iet"><thead class="svelte-1b73iet"><tr class="svelte-1b73iet"><!--[-->`);

				const each_array = $.ensure_array_like(table.head);

				for (let $$index = 0, $$length = each_array.length; $$index < $$length; $$index++) {
					let cell = each_array[$$index];

					$$renderer.push(`<th scope="col" class="svelte-1b73iet">${$.escape(cell)}</th>`);
				}

				$$renderer.push(`<!--]--></tr></thead><tbody class="svelte-1b73iet"><!--[-->`);

				const each_array_1 = $.ensure_array_like(table.rows);

				for (let index = 0, $$length = each_array_1.length; index < $$length; index++) {
					let row = each_array_1[index];

					$$renderer.push(`<tr class="svelte-1b73iet"><!--[-->`);

					const each_array_2 = $.ensure_array_like(row);

					for (let column = 0, $$length = each_array_2.length; column < $$length; column++) {
						let cell = each_array_2[column];

						$$renderer.push(`<td class="svelte-1b73iet">${$.escape(cell)}</td>`);
					}

					$$renderer.push(`<!--]--></tr>`);
				}

				$$renderer.push(`<!--]--></tbody></table></div>`);
			} else {
				$$renderer.push('<!--[-1-->');
			}

			$$renderer.push(`<!--]--></details>`);
		} else {
			$$renderer.push('<!--[-1-->');
		}

		$$renderer.push(`<!--]--></figure>`);
		$.bind_props($$props, { measured });
	});
}
/** Styles come from the components' own style blocks; scripts are TypeScript that only needs its types taken away. */
export default {
  compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
};

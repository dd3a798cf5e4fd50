/** Holds the direction of docs/architecture.md: a folder of core imports only from folders before it in this list. */
const order = [
  'common',
  'caffe',
  'onnx',
  'graph',
  'layers',
  'network',
  'images',
  'inference',
  'evidence',
  'calibration',
  'quantization',
  'build',
  'evaluation',
  'tuning',
  'deploy',
  'report',
  'project',
  'cli',
];

const direction = order.slice(0, -1).map((folder, index) => ({
  name: `core-${folder}-imports-only-what-is-above`,
  comment: 'Data flows down: see "The way of the data" in docs/architecture.md.',
  severity: 'error',
  from: { path: `^core/${folder}/` },
  to: { path: `^core/(${order.slice(index + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...direction,
    {
      name: 'core-knows-no-shell',
      comment: 'core is a plain library: no Electron, no renderer, no tests.',
      severity: 'error',
      from: { path: '^core/' },
      to: { path: '^(electron|renderer|test)/|node_modules/electron/' },
    },
    {
      name: 'core-folders-are-listed',
      comment: 'A new folder of core takes its place in the list above.',
      severity: 'error',
      from: {},
      to: { path: '^core/', pathNot: `^core/(${order.join('|')})/` },
    },
    {
      name: 'one-way-between-processes',
      comment:
        'Main, preload script and engine share electron/shared alone; the page knows its types, never their code.',
      severity: 'error',
      from: { path: '^electron/(main|preload|engine)/' },
      to: { path: '^(renderer/|electron/(main|preload|engine)/)', pathNot: '^electron/$1/' },
    },
    {
      name: 'page-knows-the-schema-only',
      comment: 'The page speaks with the others through electron/shared.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^electron/(main|preload|engine|packaging)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphan-imports', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    // Packages that say how they are imported, not how they are required.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'svelte', 'default', 'types'],
    },
    exclude: { path: '^(build|node_modules)/' },
  },
};

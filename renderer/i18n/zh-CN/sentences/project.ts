import type { Sentences } from './sentence.ts';

/** Of projects, reports and what the engine itself says. */
export const project: Sentences = [
  ['No project is open.', '没有打开的项目。'],
  ['This needs {0}, which has not been chosen yet.', '这需要{0}，但尚未选择。'],
  ['pictures (the network takes tensors)', '图片（网络的输入是张量）'],
  ['pictures (accuracy is not measured on tensors)', '图片（不能用张量测量精度）'],
  ['a calibration of {0}', '{0} 的校准'],
  ['There is no such report.', '没有这份报告。'],
  ['This is under way already.', '该步骤已在进行中。'],
  ['The file could not be written: {0}.', '无法写入文件：{0}。'],
  ['it does not say that it is one', '文件没有相应的标识'],
  [
    'The project was written by a newer Cortado (form {0}; this one knows {1}).',
    '该项目由更新版本的 Cortado 保存（格式 {0}，此版本支持 {1}）。',
  ],
  ["The project's file is damaged: {0}.", '项目文件已损坏：{0}。'],
  ['This is not a Cortado project: {0}.', '这不是 Cortado 项目：{0}。'],
  ['A project needs a name.', '项目需要一个名称。'],
  ["The project's folder cannot be made: {0}.", '无法创建项目文件夹：{0}。'],
  ['The folder holds a project already.', '该文件夹中已有项目。'],
  ['The folder is not empty.', '该文件夹不是空的。'],
  ['inferences per second', '每秒推理次数'],
  ['memory at the peak', '内存峰值'],
  ['The numbers of threads', '线程数'],
  ['The report cannot be read: {0}.', '无法读取报告：{0}。'],
  ['The file is not a report of Cortado.', '该文件不是 Cortado 的报告。'],
  [
    'The report has format version {0}; this Cortado reads version {1}.',
    '报告的格式版本为 {0}，此 Cortado 支持版本 {1}。',
  ],
  ['The report is damaged: {0} was expected, {1} is there.', '报告已损坏：应为 {0}，实际是 {1}。'],
  ['The report is not JSON: {0}.', '报告不是 JSON：{0}。'],
  ['The runs are many and steady: the figures can be relied on.', '运行次数多且稳定：数据可信。'],
  [
    "The accelerator was simulated: its cycles are those of its circuit with a memory of {0}, the latency is these at {1}. The processor's part is not in it.",
    '加速器为仿真：周期数来自其电路和 {0} 的内存，延迟按 {1} 换算，不含处理器部分。',
  ],
  ['The board was emulated: outputs are right, times mean nothing.', '开发板是模拟的：输出正确，但时间没有意义。'],
  [
    'The "board" was this computer: the times are its own, not those of an edge board.',
    '“开发板”就是本机：时间是本机的，不是边缘开发板的。',
  ],
  [
    'Only {0} timed runs: too few for percentiles. Ask for {1} or more (--iterations).',
    '只有 {0} 次计时运行，不足以计算百分位。请设为 {1} 次或更多。',
    'Only {0} timed runs: too few for percentiles. Ask for {1} or more under “More options”.',
  ],
  [
    'The median may be off by {0}: the runs differ much. More of them (--iterations) help.',
    '中位数的误差可能达到 {0}：各次运行差别较大，增加运行次数会有帮助。',
    'The median may be off by {0}: the runs differ much. More timed runs help.',
  ],
  ['a bandwidth that is not known', '未知带宽'],
  ['heat or other programs are likely', '可能是发热或其他程序所致'],
  ['more warm-up runs (--warmup) are needed', '需要更多预热运行', 'more warm-up runs are needed'],
  ['The last third of the runs is {0} than the first third: {1}.', '后三分之一的运行比前三分之一{0}：{1}。'],
  ['{0} slower', '慢 {0}'],
  ['{0} faster', '快 {0}'],
  [
    'One run in a hundred takes {0} or more, against {1} in the middle: other programs or interrupts get in the way.',
    '每百次运行中有一次达到 {0} 或更长，而中位数为 {1}：受到其他程序或中断的干扰。',
  ],
  [
    'The board lowered its clock while it ran (heat or a weak power supply): with cooling it may be faster.',
    '运行时开发板降频了（过热或供电不足）：改善散热后可能更快。',
  ],
  [
    'The clock moved between {0} and {1} during the runs: latency moves with it.',
    '运行期间时钟在 {0} 与 {1} 之间变化，延迟随之变化。',
  ],
  ['The board reached {0} °C: it may slow down in longer use.', '开发板温度达到 {0} °C：长时间使用可能降频。'],
  [
    'The clock is managed by "{0}", which raises it only under load; "performance" gives the board\'s best and steadiest figures.',
    '时钟由“{0}”管理，只在有负载时升频；“performance”可得到最好且最稳定的数据。',
  ],
];

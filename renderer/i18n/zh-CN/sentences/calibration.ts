import type { Sentences } from './sentence.ts';

/** Of calibration, scale tables, quantisation and the comparison with fp32. */
export const calibration: Sentences = [
  [
    'Only {0} input(s) were used; some hundreds of the kind that the network will see give better thresholds.',
    '只使用了 {0} 个输入；用几百个与实际使用相近的输入可以得到更好的阈值。',
  ],
  [
    'Only {0} inputs were used: what is best for them may not be for others. Give some hundreds.',
    '只使用了 {0} 个输入：对它们最好的设置未必适合其他输入。请提供几百个。',
  ],
  [
    'The blob {0} holds values that are infinite or no numbers on this input.',
    '在该输入上，blob {0} 含有无穷大或非数值。',
  ],
  [
    'The weights of {0} hold values that are infinite or no numbers once BatchNorm and Scale are folded in.',
    '合并 BatchNorm 和 Scale 后，{0} 的权重含有无穷大或非数值。',
  ],
  ['The weights of {0} hold values that are infinite or no numbers.', '{0} 的权重含有无穷大或非数值。'],
  ["The network's input {0} was 0 on every picture.", '在所有图片上，网络输入 {0} 都为 0。'],
  ['The blob {0}, which {1} reads, was 0 on every input.', '{1} 读取的 blob {0} 在所有输入上都为 0。'],
  [
    'The blob {0}, which {1} reads, had the same value {2} everywhere on every input.',
    '{1} 读取的 blob {0} 在所有输入的所有位置上都是同一个值 {2}。',
  ],
  [
    'The blob {0}, which {1} reads, has no values that the method ({2}) counts.',
    '{1} 读取的 blob {0} 没有可供该方法（{2}）统计的数值。',
  ],
  ['Only {0} of {1}{2} files could be read.', '{1}{2} 个文件中只有 {0} 个可以读取。'],
  ['There is no input to calibrate with.', '没有可用于校准的输入。'],
  ['None of the {0} files could be read.', '{0} 个文件全都无法读取。'],
  ['The network has {0} inputs ({1}); calibration feeds one.', '网络有 {0} 个输入（{1}），校准只支持一个。'],
  ['The format {0} has no scales per channel or group.', '格式 {0} 没有按通道或分组的缩放系数。'],
  ['The network has no layer that the format {0} calibrates.', '网络中没有格式 {0} 可以校准的层。'],
  ['The scale table', '校准表'],
  ['The table has no weight lines, so its keys do not tell its format.', '校准表没有权重行，无法从名称判断它的格式。'],
  [
    'The table has no activation lines, so its keys do not tell its format.',
    '校准表没有激活值行，无法从名称判断它的格式。',
  ],
  ['The inputs are pictures, but the network has no picture as its input.', '输入是图片，而网络的输入不是图片。'],
  ["The tensor is {0}, but the network's input is {1}.", '张量为 {0}，而网络输入为 {1}。'],
  ['The name "{0}" has a space in it, which a scale table cannot hold.', '名称“{0}”中有空格，校准表无法保存。'],
  ['The line is not a name with scales after it.', '这一行不是名称加缩放系数的形式。'],
  ['The key occurs twice.', '该名称出现了两次。'],
  ['The table has no line.', '校准表为空。'],
  [
    'The scale is {0}: whoever made the table read no image, or one that was all zero.',
    '缩放系数为 {0}：生成该表时没有读到图片，或图片全为 0。',
  ],
  ['"{0}" is not a scale: a number from 0 on.', '“{0}”不是缩放系数：应为不小于 0 的数。'],
  ['The line is not a tensor with its scale after it.', '这一行不是张量加缩放系数的形式。'],
  ['The tensor occurs twice.', '该张量出现了两次。'],
  ['The calibration cache has no tensor.', '校准缓存中没有张量。'],
  ['The scale {0} is the float {1}, which is none.', '缩放系数 {0} 对应浮点数 {1}，无效。'],
  ['The process that worked on {0} {1}; another one did it.', '处理 {0} 的进程{1}，已由另一个进程完成。'],
  ['The process that calibrates died a second time: it {0}.', '校准进程再次异常结束：{0}。'],
  [
    "The table's tuning is for another network: it changes a layer {0} that this one does not have so.",
    '校准表的调优属于另一个网络：它修改的层 {0} 与此网络不符。',
  ],
  ['The tuning belongs to another table than the one beside it.', '该调优结果与旁边的校准表不匹配。'],
  ['The file is no tuning of this version of Cortado.', '该文件不是此版本 Cortado 的调优结果。'],
  [
    'The scales of the search for the best accuracy belong to another model or to other pictures.',
    '搜索最佳精度得到的缩放系数属于另一个模型或另一组图片。',
  ],
  ['ACIQ as ncnn2table has it', '与 ncnn2table 相同的 ACIQ 法'],
  ['the scale near that of KL with the largest cosine similarity (EQ)', '在 KL 结果附近余弦相似度最大的缩放系数（EQ）'],
  [
    'KL divergence as caffe-int8-convert-tool-dev-weight.py has it',
    '与 caffe-int8-convert-tool-dev-weight.py 相同的 KL 散度法',
  ],
  ['KL divergence as caffe-int8-convert-tool.py has it', '与 caffe-int8-convert-tool.py 相同的 KL 散度法'],
  ['KL divergence as TensorRT describes it', '按 TensorRT 说明的 KL 散度法'],
  ['the largest magnitude (min-max)', '最大绝对值（min-max）'],
  ['the smallest mean squared error (MSE)', '均方误差最小（MSE）'],
  ['the magnitude of 99.99 % of the values (percentile)', '99.99 % 数值的范围（percentile）'],
  [
    'float16 holds {0} weights; {1} of them are below 2^-14, where it has fewer bits, and {2} became 0. No channel is off by more than {3} % (layer {4}).',
    '{0} 个权重以 float16 保存；其中 {1} 个小于 2^-14（有效位较少），{2} 个变为 0。任何通道的误差都不超过 {3} %（层 {4}）。',
  ],
  ['{0} of {1} are beyond 65504, the largest number of float16', '{1} 个中有 {0} 个超过 float16 的最大值 65504'],
  [
    '{0} of {1} are below 2^-14, where float16 has fewer bits, and a channel would be off by {2} %',
    '{1} 个中有 {0} 个小于 2^-14（float16 有效位较少），某个通道的误差会达到 {2} %',
  ],
  ['The weights of {0} stay float32: {1}.', '{0} 的权重保留为 float32：{1}。'],
  [
    'The scale table lists no layer at all, so nothing would run in int8.',
    '校准表中没有任何层，不会有任何层以 int8 运行。',
  ],
  ['The scale table has no weight scale for any layer of {0}.', '校准表中没有 {0} 任何一层的权重缩放系数。'],
  [
    'Blob {0} was always 0 in calibration; layer {1} reads it at scale 1.',
    '校准时 blob {0} 始终为 0；层 {1} 以缩放系数 1 读取它。',
  ],
  [
    'The table has no scale for blob {0}; it follows from the other inputs and the result of {1}.',
    '校准表中没有 blob {0} 的缩放系数；由 {1} 的其他输入和结果推出。',
  ],
  ['There is no layer "{0}" to keep in float in what the board runs.', '板上运行的网络中没有要保留为浮点的层“{0}”。'],
  [
    'The table has weight scales for layer {0}, but no activation scale for blob {1}, which it reads.',
    '校准表中有层 {0} 的权重缩放系数，但没有它所读取的 blob {1} 的缩放系数。',
  ],
  [
    "{0} % of the weights of {1} do not fit the table's scale and were clamped: is it this model's table?",
    '{1} 有 {0} % 的权重超出校准表的缩放范围而被截断：该表属于这个模型吗？',
  ],
  [
    'The weight scale of {0} channels of {1} was lowered, so that sums stay within 32 bits.',
    '{1} 的 {0} 个通道的权重缩放系数被调低，以使累加不超过 32 位。',
  ],
  ['weights as float16', '权重为 float16'],
  ['its weights do not fit float16', '它的权重超出 float16 的范围'],
  ['kept in float on request', '按要求保留为浮点'],
  ['it is a constant', '它是常量'],
  ['it has no int8 form', '它没有 int8 形式'],
  ['a product has no int8 form', '乘积没有 int8 形式'],
  [
    '{0} weight lines of the table name no layer of this network ({1}).',
    '校准表中有 {0} 行权重不属于此网络的任何层（{1}）。',
  ],
  ['An int8 network needs a scale table, and none was given.', 'int8 网络需要校准表，但没有给出。'],
  [
    'The table gives {0} weight scales for layer {1}, which has {2} output channels.',
    '校准表为层 {1} 给出了 {0} 个权重缩放系数，而它有 {2} 个输出通道。',
  ],
  [
    "The table's scale {0} of {1} is not a finite number from 0 up.",
    '校准表中 {1} 的缩放系数 {0} 不是不小于 0 的有限数。',
  ],
  [
    'There are {0} inputs; half of them calibrate and the others decide, which takes {1} at least.',
    '有 {0} 个输入；一半用于校准，其余用于判断，至少需要 {1} 个。',
  ],
  ['There is no input to evaluate with.', '没有可用于评估的输入。'],
  [
    'None of the pictures has a class in the label file; the first is {0}.',
    '标签文件中没有任何图片的类别；第一张是 {0}。',
  ],
  ['The network is no classifier: only the error of each layer is told.', '该网络不是分类网络：只给出各层误差。'],
  ['trying preprocessings', '尝试预处理'],
  ['mending layers', '逐层修正'],
];

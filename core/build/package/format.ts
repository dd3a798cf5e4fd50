/** Version of the package format that this code writes, and the newest that it reads; native/engine/package/package.h has its twin. */
export const FORMAT_VERSION = 3;

/** At byte 4 of every package. */
export const FILE_IDENTIFIER = 'CRTD';

/** Weights and golden data start at multiples of this many bytes. */
export const DATA_ALIGNMENT = 16;

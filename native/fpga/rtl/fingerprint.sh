#!/bin/sh
# The fingerprint of an accelerator: eight hexadecimal digits that change with any source and with the part.
# Usage: fingerprint.sh PART. core/build/fpga/rtl-fingerprint.ts computes the same.
set -eu
part=$1
cd "$(dirname "$0")"
{
  xargs sha256sum < files.f
  echo "$part"
} | sha256sum | cut -c 1-8

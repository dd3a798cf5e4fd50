#!/bin/sh
# Synthesises the whole accelerator with yosys, one configuration after the other, and prints what each uses as a table in
# Markdown. Usage: utilisation.sh [folder for the reports] [part...]; without parts all of them.
set -eu

rtl=$(cd "$(dirname "$0")/../rtl" && pwd)
reports=${1:-build/fpga-synthesis}
[ $# -gt 0 ] && shift
parts=${*:-xc7z010 xc7z020 xczu3eg}
mkdir -p "$reports"
reports=$(cd "$reports" && pwd)

# name, yosys family, DSP macro, parameters, then what the part has: DSP, LUT, FF, BRAM36
describe() {
  case $1 in
    xc7z010) echo "xc7 CORTADO_DSP48E1 P=1,Depth=32 80 17600 35200 60" ;;
    xc7z020) echo "xc7 CORTADO_DSP48E1 P=3,Depth=64 220 53200 106400 140" ;;
    xczu3eg) echo "xcup CORTADO_DSP48E2 P=5,Depth=64 360 70560 141120 216" ;;
    *) echo "no such part: $1" >&2; exit 2 ;;
  esac
}

synthesise() {
  part=$1 family=$2 macro=$3 parameters=$4
  cd "$rtl"
  sets=$(echo "$parameters" | sed 's/\([A-Za-z]*\)=\([0-9]*\),*/-set \1 \2 /g')
  yosys -q -l "$reports/$part.log" -p "
    read_verilog -sv -D$macro $(tr '\n' ' ' < files.f)
    chparam $sets cortado_accelerator
    synth_xilinx -family $family -top cortado_accelerator -flatten -noiopad
    tee -q -o $reports/$part.txt stat
    tee -q -o $reports/$part-timing.txt sta" > /dev/null 2>&1
}

# Look-up tables: logic, four per RAM32M and RAM64M, two per RAM64X1D and RAM128X1D half, one per SRL.
row() {
  # From register to register: the clock's buffer delays both of them, so its part of the arrival time does not count.
  path=$(awk '/^Latest arrival time/ { sub(":", "", $NF); arrival = $NF } arrival && /BUFG.*->O\)/ { print arrival - $1; exit }' \
    "$reports/$1-timing.txt" 2> /dev/null || true)
  awk -v path="${path:-0}" -v part="$1" -v dsp="$2" -v lut="$3" -v ff="$4" -v bram="$5" '
    $1 ~ /^LUT[1-6]$/ { logic += $2 }
    $1 ~ /^RAM(32M|64M)$/ { memory += 4 * $2 }
    $1 ~ /^RAM(32X1D|64X1D)$/ { memory += 2 * $2 }
    $1 ~ /^RAM(128X1D)$/ { memory += 4 * $2 }
    $1 ~ /^(RAM32M16|RAM64M8)$/ { memory += 8 * $2 }
    $1 ~ /^SRL(16E|C32E)$/ { memory += $2 }
    $1 ~ /^FD/ { flops += $2 }
    $1 ~ /^DSP48E/ { dsps += $2 }
    $1 ~ /^RAMB36E/ { blocks += $2 }
    $1 ~ /^RAMB18E/ { blocks += $2 / 2 }
    END {
      total = logic + memory
      printf "| %s | %d of %d | %d of %d (%.0f %%) | %d | %d of %d (%.0f %%) | %g of %d | %s |\n", part, dsps, dsp, total,
        lut, 100 * total / lut, memory, flops, ff, 100 * flops / ff, blocks, bram, (path + 0 ? path / 1000 " ns" : "–")
      exit !(dsps <= dsp && total <= 0.85 * lut && flops <= ff && blocks <= bram)
    }' "$reports/$1.txt"
}

echo "| part | DSP | LUT | of them memory | FF | BRAM36 | longest path |"
echo "| --- | --- | --- | --- | --- | --- | --- |"
status=0
for part in $parts; do
  set -- $(describe "$part")
  [ -n "${SKIP_SYNTHESIS:-}" ] || (synthesise "$part" "$1" "$2" "$3")
  row "$part" "$4" "$5" "$6" "$7" || status=1
done
exit $status

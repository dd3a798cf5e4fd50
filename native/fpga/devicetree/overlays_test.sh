#!/bin/sh
# Compiles every overlay without a warning, applies it to a small board's tree and reads back what the driver will look for.
# Usage: overlays_test.sh <folder to work in>
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$1/devicetree
mkdir -p "$work"

# A board's tree as far as the overlays need it: board NAME BUS CELLS.
board() {
  cat > "$work/$1.dts" << END
/dts-v1/;
/ {
  #address-cells = <1>;
  #size-cells = <1>;
  gic: interrupt-controller { interrupt-controller; #interrupt-cells = <3>; };
  $2 {
    compatible = "simple-bus";
    #address-cells = <$3>;
    #size-cells = <$3>;
    interrupt-parent = <&gic>;
    ranges;
  };
};
END
  dtc -q -I dts -O dtb -o "$work/$1.dtb" "$work/$1.dts"
}

# apply BOARD OVERLAY: the overlay's warnings are errors. The bus whose interrupt controller and cells hold is not there for dtc to see.
apply() {
  dtc -W no-interrupts_property -W no-avoid_unnecessary_addr_size -I dts -O dtb -o "$work/$2.dtbo" "$here/$2.dts" 2> "$work/warnings"
  if [ -s "$work/warnings" ]; then cat "$work/warnings" >&2; exit 1; fi
  fdtoverlay -i "$work/$1.dtb" -o "$work/$2.dtb" "$work/$2.dtbo"
}

# holds OVERLAY TYPE NODE PROPERTY VALUE
holds() {
  found=$(fdtget -t "$2" "$work/$1.dtb" "$3" "$4")
  if [ "$found" != "$5" ]; then echo "$1: $3 $4 is \"$found\", not \"$5\"" >&2; exit 1; fi
}

board zynq7000 axi 1
board older amba 1
board zynqmp axi 2
apply zynq7000 cortado-axi
apply older cortado-amba
apply zynqmp cortado-zynqmp
apply zynq7000 cortado-u-dma-buf
apply zynq7000 cortado-reserved-memory

holds cortado-axi x /axi/cortado@40000000 reg "40000000 1000"
holds cortado-axi i /axi/cortado@40000000 interrupts "0 29 4"
holds cortado-axi s /axi/cortado@40000000 compatible generic-uio
holds cortado-amba x /amba/cortado@40000000 reg "40000000 1000"
holds cortado-zynqmp x /axi/cortado@a0000000 reg "0 a0000000 0 1000"
holds cortado-u-dma-buf s /cortado-buffer compatible ikwzm,u-dma-buf
holds cortado-u-dma-buf x /cortado-buffer size 4000000
holds cortado-reserved-memory x /reserved-memory/cortado@18000000 reg "18000000 4000000"
holds cortado-reserved-memory s /reserved-memory/cortado@18000000 no-map ""
echo "device tree overlays: compiled, applied, read back"

# What Vivado has to know of each board: the part, the accelerator's parameters, and what the processing system needs. Its
# memory and pins are set by whoever boots the board; the values here make the block design complete.
#
# crystal: MHz of PS_CLK. ddr: bus width, MHz and the chip's name in Vivado. uart: the console's controller and pins.

namespace eval cortado {
  variable parameters [dict create \
    xc7z010 {P 1 Depth 32 Blocks 4 WeightRows 2048} \
    xc7z020 {P 3 Depth 64 Blocks 4 WeightRows 2048}]

  variable boards [dict create \
    pynq-z1 {
      device xc7z020 part xc7z020clg400-1 crystal 50
      ddr {{16 Bit} 525 {MT41J256M16 RE-125}} uart {0 {MIO 14 .. 15}}
    } \
    pynq-z2 {
      device xc7z020 part xc7z020clg400-1 crystal 50
      ddr {{16 Bit} 525 {MT41J256M16 RE-125}} uart {0 {MIO 14 .. 15}}
    } \
    zedboard {
      device xc7z020 part xc7z020clg484-1 crystal 33.333333
      ddr {{32 Bit} 533.333333 {MT41J128M16 HA-15E}} uart {1 {MIO 48 .. 49}}
    } \
    zybo-z7-10 {
      device xc7z010 part xc7z010clg400-1 crystal 33.333333
      ddr {{32 Bit} 533.333333 {MT41K256M16 RE-125}} uart {1 {MIO 48 .. 49}}
    } \
    zybo-z7-20 {
      device xc7z020 part xc7z020clg400-1 crystal 33.333333
      ddr {{32 Bit} 533.333333 {MT41K256M16 RE-125}} uart {1 {MIO 48 .. 49}}
    }]
}

# One clock drives everything: clk_fpga_0, which the processing system's own constraints define from FCLK_CLK0. What is left
# over for jitter and voltage that those do not know of, in nanoseconds:
set_clock_uncertainty -setup 0.100 [get_clocks clk_fpga_0]

// Registers of the accelerator (docs/fpga/instructions.md, "Registers").
#pragma once

#include <cstdint>

namespace cortado::registers {

inline constexpr std::uint32_t kId = 0x00;
inline constexpr std::uint32_t kConfig = 0x04;
inline constexpr std::uint32_t kControl = 0x08;
inline constexpr std::uint32_t kStatus = 0x0c;
inline constexpr std::uint32_t kInterruptEnable = 0x10;
inline constexpr std::uint32_t kInterruptStatus = 0x14;
inline constexpr std::uint32_t kProgramAddress = 0x18;
inline constexpr std::uint32_t kProgramLength = 0x1c;
inline constexpr std::uint32_t kBases = 0x20;  // four
inline constexpr std::uint32_t kWatchdog = 0x30;
inline constexpr std::uint32_t kCyclesLow = 0x40;
inline constexpr std::uint32_t kCyclesHigh = 0x44;
inline constexpr std::uint32_t kArrayActive = 0x48;
inline constexpr std::uint32_t kWaitWeights = 0x4c;
inline constexpr std::uint32_t kWaitTokens = 0x50;
inline constexpr std::uint32_t kWaitDrain = 0x54;
inline constexpr std::uint32_t kVectorActive = 0x58;
inline constexpr std::uint32_t kReadBeats = 0x5c;  // four: HP0, HP1, HP2, HP3
inline constexpr std::uint32_t kWriteBeats = 0x6c;
inline constexpr std::uint32_t kFingerprint = 0x78;
inline constexpr std::uint32_t kRegisterBytes = 0x1000;

inline constexpr std::uint32_t kIdValue = 0x43544431;  // "CTD1"

// Of kControl.
inline constexpr std::uint32_t kStart = 1;
inline constexpr std::uint32_t kSoftReset = 2;

// Of kStatus.
inline constexpr std::uint32_t kBusy = 1;
inline constexpr std::uint32_t kDone = 2;
inline constexpr std::uint32_t kError = 4;
inline constexpr std::uint32_t kErrorCodeShift = 8;
inline constexpr std::uint32_t kErrorCodeMask = 0xf;

// Of kInterruptEnable and kInterruptStatus.
inline constexpr std::uint32_t kInterruptDone = 1;
inline constexpr std::uint32_t kInterruptError = 2;

inline constexpr std::uint32_t kBytesPerBeat = 8;

}  // namespace cortado::registers

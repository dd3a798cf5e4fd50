#pragma once

#include "json.h"

namespace cortado {

// {version, architecture, formatVersion} of this agent.
Json agent_identity();

}  // namespace cortado

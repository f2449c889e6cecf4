"""The report of a comparison of forecasters, and pictures of forecasts."""

package example;

import static org.springframework.security.config.Customizer.withDefaults;
import static org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers.withPkce;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.annotation.RegisteredOAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.OAuth2LoginAuthenticationFilter;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.servlet.view.RedirectView;

/** A product that logs people in with Central, by Spring Security. Its settings are in application.properties. */
@SpringBootApplication
@RestController
public class Product {
  private static final String BEGINS = "/oauth2/authorization", RETURNS = "/callback";

  private final OAuth2AuthorizedClientRepository tokens;

  Product(OAuth2AuthorizedClientRepository tokens) {
    this.tokens = tokens;
  }

  public static void main(String[] args) {
    SpringApplication.run(Product.class, args);
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http, ClientRegistrationRepository clients, @Value("${post-logout-uri}") String after) throws Exception {
    var requests = new DefaultOAuth2AuthorizationRequestResolver(clients, BEGINS);
    requests.setAuthorizationRequestCustomizer(withPkce());
    var logout = new OidcClientInitiatedLogoutSuccessHandler(clients);
    logout.setPostLogoutRedirectUri(after);
    return http
        .authorizeHttpRequests(r -> r.requestMatchers("/login", "/error").permitAll().anyRequest().authenticated())
        .exceptionHandling(e -> e.authenticationEntryPoint(new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED)))
        .addFilterBefore(onlyFrom(clients.findByRegistrationId("central").getProviderDetails().getIssuerUri()), OAuth2LoginAuthenticationFilter.class)
        .oauth2Login(l -> l
            .loginPage("/login")
            .authorizationEndpoint(e -> e.authorizationRequestResolver(requests))
            .redirectionEndpoint(e -> e.baseUri(RETURNS))
            .defaultSuccessUrl("/me", true)
            .failureHandler((request, response, e) -> response.sendError(HttpServletResponse.SC_BAD_REQUEST)))
        .logout(l -> l.logoutSuccessHandler(logout))
        .oidcLogout(l -> l.backChannel(withDefaults())) // POST /logout/connect/back-channel/central
        .csrf(c -> c.disable()) // the session's cookie is SameSite=Lax: no other site posts with it
        .build();
  }

  /** An answer that another provider made is not taken (RFC 9207). Spring does not look. */
  private static Filter onlyFrom(String issuer) {
    return (request, response, rest) -> {
      boolean answer = RETURNS.equals(((HttpServletRequest) request).getServletPath());
      if (answer && !issuer.equals(request.getParameter("iss"))) {
        ((HttpServletResponse) response).sendError(HttpServletResponse.SC_BAD_REQUEST);
      } else {
        rest.doFilter(request, response);
      }
    };
  }

  @GetMapping("/login")
  RedirectView login() {
    return new RedirectView(BEGINS + "/central");
  }

  /** The access token is renewed before it ends, without a word here. */
  @GetMapping("/me")
  Map<String, Object> me(@RegisteredOAuth2AuthorizedClient("central") OAuth2AuthorizedClient central) {
    return RestClient.create().get()
        .uri(central.getClientRegistration().getProviderDetails().getUserInfoEndpoint().getUri())
        .headers(h -> h.setBearerAuth(central.getAccessToken().getTokenValue()))
        .retrieve().body(new ParameterizedTypeReference<>() {});
  }

  @PostMapping("/refresh")
  Map<String, Instant> refresh(
      @RegisteredOAuth2AuthorizedClient("central") OAuth2AuthorizedClient central, Authentication person,
      HttpServletRequest request, HttpServletResponse response) {
    var answer = new RestClientRefreshTokenTokenResponseClient().getTokenResponse(
        new OAuth2RefreshTokenGrantRequest(central.getClientRegistration(), central.getAccessToken(), central.getRefreshToken()));
    tokens.saveAuthorizedClient(
        new OAuth2AuthorizedClient(central.getClientRegistration(), person.getName(), answer.getAccessToken(), answer.getRefreshToken()),
        person, request, response);
    return Map.of("expires", answer.getAccessToken().getExpiresAt());
  }

  /** Central has ended the session. */
  @ExceptionHandler({HttpClientErrorException.Unauthorized.class, OAuth2AuthorizationException.class})
  @ResponseStatus(HttpStatus.UNAUTHORIZED)
  void over(HttpServletRequest request) {
    request.getSession().invalidate();
  }
}
